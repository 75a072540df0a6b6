import type { ReactElement, ReactNode } from 'react'
import { findAction } from '../stores/actions.ts'
import { Hint } from './Hint.tsx'
import { Keys } from './Keys.tsx'

interface ActionHintProps {
  /** Id of the action that the control does. */
  action: string
  /** Instead of the action's title. */
  text?: ReactNode
  /** A second action that the control's neighbourhood suggests, for example ten frames beside one. */
  also?: string
  children: ReactElement
}

/** A tooltip with the action's name and its shortcut, both from the list of actions. */
export function ActionHint({ action, text, also, children }: ActionHintProps) {
  const found = findAction(action)
  const second = also === undefined ? undefined : findAction(also)
  return (
    <Hint
      text={
        <>
          {text ?? found?.title}
          <Shortcut keys={found?.keys} />
          {second && (
            <>
              <br />
              {second.title}
              <Shortcut keys={second.keys} />
            </>
          )}
        </>
      }
    >
      {children}
    </Hint>
  )
}

function Shortcut({ keys }: { keys: readonly string[] | undefined }) {
  const chord = keys?.at(0)
  if (chord === undefined) return null
  return (
    <>
      {' '}
      <Keys chord={chord} />
    </>
  )
}
