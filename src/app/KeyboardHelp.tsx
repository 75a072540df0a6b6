import { Dialog } from 'radix-ui'
import { ACTION_GROUPS, fixedActions } from '../stores/actions.ts'
import { useDialog } from '../stores/dialogStore.ts'
import { ActionHint } from '../ui/ActionHint.tsx'
import { Keys } from '../ui/Keys.tsx'
import styles from './app.module.css'

/** Keys that a focused camera takes for itself. */
const GRID_KEYS = [
  { chords: ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'], title: 'Move between tokens' },
  { chords: ['Enter'], title: 'Pin or unpin the token' },
] as const

/** The sheet of keys, made from the list of actions. */
export function KeyboardHelp() {
  return (
    <Dialog.Root {...useDialog('keys')}>
      <ActionHint action="page.keys">
        <Dialog.Trigger className="button" data-quiet data-icon aria-label="Keyboard" data-testid="keyboard-help">
          ?
        </Dialog.Trigger>
      </ActionHint>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={`${styles.dialog} ${styles.sheet}`} aria-describedby={undefined}>
          <Dialog.Title className={styles.dialogTitle}>Keyboard</Dialog.Title>
          <div className={styles.keyGroups}>
            {ACTION_GROUPS.map((group) => (
              <KeyGroup
                key={group}
                title={group}
                rows={fixedActions()
                  .filter((action) => action.group === group)
                  .map(({ title, keys = [] }) => ({ title, chords: keys }))}
              />
            ))}
            <KeyGroup title="On a camera" rows={GRID_KEYS} />
          </div>
          <Dialog.Close className="button">Close</Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function KeyGroup({ title, rows }: { title: string; rows: readonly { title: string; chords: readonly string[] }[] }) {
  const withKeys = rows.filter(({ chords }) => chords.length > 0)
  if (withKeys.length === 0) return null
  return (
    <section className={styles.keyGroup}>
      <h3 className="section-title">{title}</h3>
      <dl className={styles.keys}>
        {withKeys.map((row) => (
          <div key={row.title}>
            <dt>
              {row.chords.map((chord) => (
                <Keys key={chord} chord={chord} />
              ))}
            </dt>
            <dd>{row.title}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
