import type { NumberDescription } from '../../core/sweep/grid.ts'
import { methodChoices } from '../../stores/methodChoices.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import type { AxisDraft } from '../../stores/sweepStore.ts'
import { isActive } from '../../stores/sweepStoreRun.ts'
import { firstAxis, suggestedAxis, sweepable } from './planModel.ts'
import styles from './sweep.module.css'

/** Which method, which parameters, which values. */
export function SetupForm() {
  const draft = useSweepStore((state) => state.draft)
  const active = useSweepStore((state) => isActive(state.run))
  const panel = methodSettings(useMethodStore())
  const { edit } = useSweepStore.getState()
  const parameters = sweepable(draft.method, panel)
  return (
    <fieldset className={styles.form} disabled={active}>
      <legend className="visually-hidden">What to sweep</legend>
      <label>
        Method
        <select
          value={draft.method}
          onChange={({ target }) => edit({ method: target.value, first: undefined, second: { name: '', values: '' } })}
          data-testid="sweep-method"
        >
          {methodChoices(panel).map(({ value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {parameters.length > 0 && (
        <>
          <Axis
            title="First"
            testId="sweep-first"
            parameters={parameters}
            axis={firstAxis(draft, parameters)}
            onChange={(first) => edit({ first })}
          />
          <Axis
            title="Second"
            testId="sweep-second"
            parameters={parameters}
            axis={draft.second}
            optional
            onChange={(second) => edit({ second })}
          />
        </>
      )}
    </fieldset>
  )
}

interface AxisProps {
  title: string
  testId: string
  parameters: readonly NumberDescription[]
  axis: AxisDraft
  optional?: boolean
  onChange(axis: AxisDraft): void
}

function Axis({ title, testId, parameters, axis, optional = false, onChange }: AxisProps) {
  const description = parameters.find(({ name }) => name === axis.name)
  return (
    <div className={styles.axis} role="group" aria-label={`${title} parameter`}>
      <label>
        {title}
        <select
          value={axis.name}
          onChange={({ target }) => onChange(suggestedAxis(parameters, target.value))}
          data-testid={testId}
        >
          {optional && <option value="">none</option>}
          {parameters.map(({ name, title: label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {description && (
        <label title="Numbers with commas between them, or a range: 0.2..0.8 by 0.2">
          Values
          <input
            type="text"
            value={axis.values}
            spellCheck={false}
            onChange={({ target }) => onChange({ ...axis, values: target.value })}
            data-testid={`${testId}-values`}
          />
          <span className="muted">
            {description.min} to {description.max}
          </span>
        </label>
      )}
    </div>
  )
}
