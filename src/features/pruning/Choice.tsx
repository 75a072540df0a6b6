import { Select } from 'radix-ui'
import { Icon } from '../../ui/Icon.tsx'
import styles from './pruning.module.css'

interface ChoiceProps {
  label: string
  testId?: string
  value: string
  options: readonly { value: string; title: string }[]
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
            {options.map((option) => (
              <Select.Item key={option.value} value={option.value} className="menu-item">
                <Select.ItemText>{option.title}</Select.ItemText>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  )
}
