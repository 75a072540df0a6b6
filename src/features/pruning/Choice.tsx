import { Select } from 'radix-ui'
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

/** A labelled choice of one of a few words. */
export function Choice({ label, testId, value, options, onChange }: ChoiceProps) {
  return (
    <Select.Root value={value} onValueChange={onChange}>
      <Select.Trigger className={`button ${styles.choice}`} aria-label={label} data-testid={testId}>
        <span className={styles.choiceValue}>
          <Select.Value placeholder="Own values" />
        </span>
        <Icon name="chevron" size={11} />
      </Select.Trigger>
      <Select.Portal>
        <Select.Content className="menu" position="popper" sideOffset={4} align="end">
          <Select.Viewport>
            {groupsOf(options).map(([group, members]) => (
              <Select.Group key={group}>
                {group !== '' && <Select.Label className="menu-label">{group}</Select.Label>}
                {members.map((option) => (
                  <Select.Item key={option.value} value={option.value} className="menu-item">
                    <Select.ItemText>{option.title}</Select.ItemText>
                  </Select.Item>
                ))}
              </Select.Group>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  )
}

function groupsOf(options: readonly ChoiceOption[]): [string, ChoiceOption[]][] {
  const groups = new Map<string, ChoiceOption[]>()
  for (const option of options) groups.set(option.group ?? '', [...(groups.get(option.group ?? '') ?? []), option])
  return [...groups]
}
