import { Tooltip } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import './ui.css'

/** A tooltip on hover and focus. The child must take a ref and be focusable. */
export function Hint(props: { text: ReactNode; children: ReactElement; side?: 'top' | 'right' | 'bottom' | 'left' }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{props.children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="hint" side={props.side ?? 'bottom'} sideOffset={6} collisionPadding={8}>
          {props.text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
