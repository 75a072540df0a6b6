import { Slider } from 'radix-ui'
import { useId } from 'react'
import { Hint } from '../../ui/Hint.tsx'
import { formatNumber } from './panelModel.ts'
import styles from './pruning.module.css'

interface NumberControlProps {
  title: string
  help: string
  min: number
  max: number
  step: number
  value: number
  /** Differs from the preset. */
  changed: boolean
  testId: string
  onChange(value: number): void
}

/** A number on a slider. */
export function NumberControl({ title, help, min, max, step, value, changed, testId, onChange }: NumberControlProps) {
  const id = useId()
  return (
    <div className={styles.control}>
      <div className={styles.controlHead}>
        <Hint text={help} side="left">
          <span id={id} className={styles.controlTitle}>
            {title}
          </span>
        </Hint>
        <output className={styles.value} data-changed={changed ? '' : undefined}>
          {formatNumber(value, step)}
        </output>
      </div>
      <Slider.Root
        className={styles.slider}
        min={min}
        max={max}
        step={step}
        value={[value]}
        onValueChange={([next]) => onChange(next)}
      >
        <Slider.Track className={styles.track}>
          <Slider.Range className={styles.range} />
        </Slider.Track>
        <Hint text={help} side="left">
          <Slider.Thumb className={styles.thumb} aria-labelledby={id} data-testid={`parameter-${testId}`} />
        </Hint>
      </Slider.Root>
    </div>
  )
}
