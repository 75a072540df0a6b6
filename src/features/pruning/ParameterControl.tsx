import { Switch, ToggleGroup } from 'radix-ui'
import { memo, useCallback, useId } from 'react'
import type { ReactNode } from 'react'
import type { ParameterDescription, ParameterValue } from '../../core/pruning/parameters.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { Hint } from '../../ui/Hint.tsx'
import { Choice } from './Choice.tsx'
import { NumberControl } from './NumberControl.tsx'
import { describeLayers, layerChips, toggleLayer } from './panelModel.ts'
import type { LayersDescription } from './panelModel.ts'
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
  return <LayersControl {...{ id, label, description, onChange: change }} value={layers} />
})

interface LayersControlProps {
  id: string
  label: ReactNode
  description: LayersDescription
  value: readonly number[]
  onChange(value: number[]): void
}

/** A chip for each layer of the model that is there, however deep the model of the paper was. */
function LayersControl({ id, label, description, value, onChange }: LayersControlProps) {
  const { layers } = usePolicyShape()
  const chips = layerChips(description, value, layers)
  const pressed = chips.filter((chip) => chip.pressed).map(({ layer }) => String(layer))
  const change = (next: string[]) => {
    const moved = [...next, ...pressed].find((layer) => next.includes(layer) !== pressed.includes(layer))
    if (moved !== undefined) onChange(toggleLayer(description, value, Number(moved), layers))
  }
  return (
    <div className={styles.control}>
      <div className={styles.controlHead}>
        {label}
        <output className={styles.value}>{describeLayers(description, value)}</output>
      </div>
      <ToggleGroup.Root
        type="multiple"
        className={styles.layers}
        value={pressed}
        onValueChange={change}
        aria-labelledby={id}
        data-testid={`parameter-${description.name}`}
      >
        {chips.map(({ layer }) => (
          <ToggleGroup.Item key={layer} value={String(layer)} className={styles.layer} aria-label={`Layer ${layer}`}>
            {layer}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </div>
  )
}
