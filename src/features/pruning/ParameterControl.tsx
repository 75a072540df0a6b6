import { Switch, ToggleGroup } from 'radix-ui'
import { memo, useCallback, useId } from 'react'
import type { ParameterDescription, ParameterValue } from '../../core/pruning/parameters.ts'
import { Hint } from '../../ui/Hint.tsx'
import { Choice } from './Choice.tsx'
import { NumberControl } from './NumberControl.tsx'
import styles from './pruning.module.css'

interface ParameterControlProps {
  description: ParameterDescription
  /** Undefined only for a moment, while a method's values are being set. */
  value: ParameterValue | undefined
  changed: boolean
  onChange(name: string, value: ParameterValue): void
}

/** The control that fits a parameter's kind. Moving one slider renders that slider only. */
export const ParameterControl = memo(function ParameterControl(props: ParameterControlProps) {
  const { description, value = description.default, changed, onChange } = props
  const id = useId()
  const { name, title, help } = description
  const change = useCallback((next: ParameterValue) => onChange(name, next), [name, onChange])
  if (description.kind === 'number') {
    return <NumberControl {...description} value={Number(value)} changed={changed} testId={name} onChange={change} />
  }
  const label = (
    <Hint text={help} side="left">
      <span id={id} className={styles.controlTitle} data-changed={changed ? '' : undefined}>
        {title}
      </span>
    </Hint>
  )
  if (description.kind === 'boolean') {
    return (
      <div className={styles.controlRow}>
        {label}
        <Hint text={help} side="left">
          <Switch.Root
            className={styles.switch}
            checked={value === true}
            onCheckedChange={change}
            aria-labelledby={id}
            data-testid={`parameter-${name}`}
          >
            <Switch.Thumb className={styles.switchThumb} />
          </Switch.Root>
        </Hint>
      </div>
    )
  }
  if (description.kind === 'choice') {
    return (
      <div className={styles.controlRow}>
        {label}
        <Choice
          label={title}
          testId={`parameter-${name}`}
          value={String(value)}
          options={description.options.map((option) => ({ value: option, title: option }))}
          onChange={change}
        />
      </div>
    )
  }
  const layers = typeof value === 'object' ? value : description.default
  return (
    <div className={styles.control}>
      <div className={styles.controlHead}>
        {label}
        <output className={styles.value}>{layers.length > 0 ? layers.join(', ') : 'none'}</output>
      </div>
      <ToggleGroup.Root
        type="multiple"
        className={styles.layers}
        value={layers.map(String)}
        onValueChange={(chosen) => change(chosen.map(Number).sort((a, b) => a - b))}
        aria-labelledby={id}
        data-testid={`parameter-${name}`}
      >
        {Array.from({ length: description.max }, (_, i) => (
          <ToggleGroup.Item key={i} value={String(i + 1)} className={styles.layer} aria-label={`Layer ${i + 1}`}>
            {i + 1}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </div>
  )
})
