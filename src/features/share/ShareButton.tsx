import { Popover } from 'radix-ui'
import { useState } from 'react'
import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import type { ShareState } from '../../core/share/state.ts'
import { SharePanel } from './SharePanel.tsx'
import { useDialog } from '../../stores/dialogStore.ts'
import { ActionHint } from '../../ui/ActionHint.tsx'
import styles from './share.module.css'

export interface ShareButtonProps {
  /** Asked when the panel opens: the link is of that moment, also while the episode plays on. */
  readState: () => ShareState
  methods: readonly SelectorDefinition[]
  /** Address of the page; what follows `?` or `#` is replaced. */
  pageAddress?: string
}

/** Opens a panel with a link to what is on the screen. */
export function ShareButton({ readState, methods, pageAddress = window.location.href }: ShareButtonProps) {
  return (
    <Popover.Root {...useDialog('share')}>
      <ActionHint action="page.share">
        <Popover.Trigger className={styles.trigger}>Share</Popover.Trigger>
      </ActionHint>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          aria-label="Share what is on the screen"
          align="end"
          sideOffset={6}
          collisionPadding={8}
        >
          <Opened {...{ readState, methods, pageAddress }} />
          <Popover.Close className={styles.close} aria-label="Close">
            ×
          </Popover.Close>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** Lives as long as the panel is open. */
function Opened({ readState, methods, pageAddress }: Required<ShareButtonProps>) {
  const [state] = useState(readState)
  return <SharePanel state={state} methods={methods} pageAddress={pageAddress} />
}
