import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import styles from './app.module.css'
import { SHORTCUTS } from './shortcuts.ts'

const GRID_KEYS = [
  { keys: ['←', '↑', '→', '↓'], title: 'On a camera: move between tokens' },
  { keys: ['Enter'], title: 'On a camera: pin or unpin the token' },
  { keys: ['?'], title: 'This list' },
] as const

/** The sheet of keys. */
export function KeyboardHelp() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input, textarea') !== null
      if (event.key === '?' && !typing) setOpen(true)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="button" data-quiet data-icon aria-label="Keyboard" data-testid="keyboard-help">
        ?
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={styles.dialog} aria-describedby={undefined}>
          <Dialog.Title className={styles.dialogTitle}>Keyboard</Dialog.Title>
          <dl className={styles.keys}>
            {[...SHORTCUTS, ...GRID_KEYS].map(({ keys, title }) => (
              <div key={title}>
                <dt>
                  {keys.map((name) => (
                    <kbd key={name} className="kbd">
                      {name}
                    </kbd>
                  ))}
                </dt>
                <dd>{title}</dd>
              </div>
            ))}
          </dl>
          <Dialog.Close className="button">Close</Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
