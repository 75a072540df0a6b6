import { fixedActions, isEnabled } from '../stores/actions.ts'
import { matchesChord } from '../ui/chords.ts'

/** Listens for the keys of all actions. Keys that a control uses itself stay with the control. @returns a function that stops. */
export function startShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const action = fixedActions().find(({ keys = [] }) => keys.some((chord) => matchesChord(event, chord)))
    if (!action || !isEnabled(action)) return
    if (event.target instanceof Element && belongsToControl(event.target, event)) return
    event.preventDefault()
    action.run()
  }
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}

const TEXT = 'input:not([type=checkbox], [type=radio], [type=range]), textarea, [contenteditable]'
/** What takes letters to find an entry, and everything over the page. */
const LISTS = 'select, [role="dialog"], [role="listbox"], [role="menu"], [role="combobox"]'
const ARROWS = '[role="slider"], [role="tablist"], [role="group"], [role="radiogroup"], [role="grid"], [type="radio"]'

function belongsToControl(target: Element, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (target.closest(TEXT)) return true
  // With Ctrl or Command nothing but text has keys of its own.
  if (ctrlKey || metaKey) return false
  if (target.closest(LISTS)) return true
  if (key === ' ') return target.closest('button, a, input, [role="switch"], summary') !== null
  const moves = key.startsWith('Arrow') || key === 'Home' || key === 'End'
  return moves && target.closest(ARROWS) !== null
}
