import { Dialog } from 'radix-ui'
import { lazy, Suspense } from 'react'
import { useDialog } from '../stores/dialogStore.ts'
import { ActionHint } from '../ui/ActionHint.tsx'
import { Icon } from '../ui/Icon.tsx'
import styles from './palette.module.css'

const PaletteList = lazy(async () => ({ default: (await import('./PaletteList.tsx')).PaletteList }))

/** Every action by a few letters of its name. */
export function Palette() {
  const dialog = useDialog('palette')
  return (
    <Dialog.Root {...dialog}>
      <ActionHint action="page.palette">
        <Dialog.Trigger
          className="button"
          data-quiet
          data-icon
          aria-label="Find and do anything"
          data-testid="open-palette"
        >
          <Icon name="search" size={16} />
        </Dialog.Trigger>
      </ActionHint>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined} data-testid="palette">
          <Dialog.Title className="visually-hidden">Find and do anything</Dialog.Title>
          <Suspense fallback={<p className={styles.empty}>Opening…</p>}>
            <PaletteList onDone={() => dialog.onOpenChange(false)} />
          </Suspense>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
