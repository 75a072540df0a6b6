import { Icon } from '../../ui/Icon.tsx'
import styles from './pruning.module.css'

interface ChoiceOption {
  value: string
  title: string
  /** Heading above it; options of one group stand together. */
  group?: string
}

interface ChoiceProps {
  label: string
  testId?: string
  value: string
  options: readonly ChoiceOption[]
  onChange(value: string): void
}

/**
 * A labelled choice of one of a few words. The browser's own list: it is spoken, searched by letters and fits a phone,
 * and the rest of the page stays as it is while it is open.
 */
export function Choice({ label, testId, value, options, onChange }: ChoiceProps) {
  const known = options.some((option) => option.value === value)
  return (
    <span className={styles.choice}>
      <select
        className={`button ${styles.choiceSelect}`}
        aria-label={label}
        data-testid={testId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {!known && (
          <option value={value} disabled>
            Own values
          </option>
        )}
        {groupsOf(options).map(([group, members]) =>
          group === '' ? (
            <Options key={group} options={members} />
          ) : (
            <optgroup key={group} label={group}>
              <Options options={members} />
            </optgroup>
          ),
        )}
      </select>
      <Icon name="chevron" size={11} />
    </span>
  )
}

function Options({ options }: { options: readonly ChoiceOption[] }) {
  return options.map(({ value, title }) => (
    <option key={value} value={value}>
      {title}
    </option>
  ))
}

function groupsOf(options: readonly ChoiceOption[]): [string, ChoiceOption[]][] {
  const groups = new Map<string, ChoiceOption[]>()
  for (const option of options) groups.set(option.group ?? '', [...(groups.get(option.group ?? '') ?? []), option])
  return [...groups]
}
