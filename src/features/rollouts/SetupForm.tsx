import { isActive } from '../../stores/rolloutStoreRun.ts'
import { methodChoices } from '../../stores/methodChoices.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import { suiteIds } from '../../simulation/instructedTask.ts'
import { Icon } from '../../ui/Icon.tsx'
import styles from './rollouts.module.css'

/** Which suite, which seeds, which methods. */
export function SetupForm() {
  const { suite, firstSeed, seedCount, horizonSteps } = useRolloutStore((state) => state.draft)
  const active = useRolloutStore((state) => isActive(state.run))
  const { edit } = useRolloutStore.getState()
  return (
    <fieldset className={styles.form} disabled={active}>
      <legend className="visually-hidden">What to play</legend>
      <label>
        Suite
        <select value={suite} onChange={(event) => edit({ suite: event.target.value })} data-testid="rollouts-suite">
          {suiteIds().map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <label>
        First seed
        <NumberField value={firstSeed} min={0} onChange={(value) => edit({ firstSeed: value ?? Number.NaN })} />
      </label>
      <label>
        Seeds
        <NumberField
          value={seedCount}
          min={1}
          testId="rollouts-seeds"
          onChange={(value) => edit({ seedCount: value ?? Number.NaN })}
        />
      </label>
      <label title="Control steps after which an episode counts as failed; empty: the suite’s own number">
        Give up after
        <NumberField
          value={horizonSteps}
          min={1}
          placeholder="suite’s"
          testId="rollouts-horizon"
          onChange={(value) => edit({ horizonSteps: value })}
        />
        steps
      </label>
      <Methods />
    </fieldset>
  )
}

function Methods() {
  const methods = useRolloutStore((state) => state.draft.methods)
  const panel = methodSettings(useMethodStore())
  const { edit } = useRolloutStore.getState()
  const choices = methodChoices(panel)
  const replace = (position: number, value: string) =>
    edit({ methods: methods.map((method, i) => (i === position ? value : method)) })
  return (
    <div className={styles.methods} role="group" aria-label="Methods">
      {methods.map((method, i) => (
        <span key={i} className={styles.method}>
          <select
            aria-label={`Method ${i + 1}`}
            value={method}
            onChange={(event) => replace(i, event.target.value)}
            data-testid={`rollouts-method-${i}`}
          >
            {choices.map(({ value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
          {methods.length > 1 && (
            <button
              type="button"
              className="button"
              data-quiet
              data-icon
              aria-label={`Remove method ${i + 1}`}
              onClick={() => edit({ methods: methods.filter((_, other) => other !== i) })}
            >
              <Icon name="close" />
            </button>
          )}
        </span>
      ))}
      <button
        type="button"
        className="button"
        onClick={() => {
          const unused = choices.find(({ value }) => !methods.includes(value))
          if (unused) edit({ methods: [...methods, unused.value] })
        }}
      >
        Add a method
      </button>
    </div>
  )
}

interface NumberFieldProps {
  value: number | undefined
  min: number
  placeholder?: string
  testId?: string
  onChange(value: number | undefined): void
}

function NumberField({ value, min, placeholder, testId, onChange }: NumberFieldProps) {
  return (
    <input
      type="number"
      inputMode="numeric"
      min={min}
      step={1}
      className={styles.number}
      value={value === undefined || Number.isNaN(value) ? '' : value}
      placeholder={placeholder}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
      data-testid={testId}
    />
  )
}
