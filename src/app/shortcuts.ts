import { OVERLAY_MODES } from '../core/share/state.ts'
import { usePlayerStore } from '../stores/playerStore.ts'
import { useRunStore, shownRun } from '../stores/runStore.ts'
import { useViewStore } from '../stores/viewStore.ts'

/** A key and what it does; the sheet behind `?` lists these. */
export interface Shortcut {
  /** For people. */
  keys: readonly string[]
  title: string
  matches(event: KeyboardEvent): boolean
  run(): void
}

const key =
  (name: string, shift = false) =>
  (event: KeyboardEvent) =>
    event.key === name && event.shiftKey === shift

/** All keys of the page, in the order of the sheet. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ['Space'],
    title: 'Play or pause',
    matches: key(' '),
    run() {
      const { playing, play, pause } = usePlayerStore.getState()
      if (playing) pause()
      else play()
    },
  },
  { keys: ['←'], title: 'One frame back', matches: key('ArrowLeft'), run: () => usePlayerStore.getState().step(-1) },
  { keys: ['→'], title: 'One frame on', matches: key('ArrowRight'), run: () => usePlayerStore.getState().step(1) },
  {
    keys: ['Shift', '←'],
    title: 'Ten frames back',
    matches: key('ArrowLeft', true),
    run: () => usePlayerStore.getState().step(-10),
  },
  {
    keys: ['Shift', '→'],
    title: 'Ten frames on',
    matches: key('ArrowRight', true),
    run: () => usePlayerStore.getState().step(10),
  },
  { keys: [','], title: 'Previous query', matches: key(','), run: () => jumpToQuery(-1) },
  { keys: ['.'], title: 'Next query', matches: key('.'), run: () => jumpToQuery(1) },
  ...OVERLAY_MODES.map((mode, i): Shortcut => ({
    keys: [String(i + 1)],
    title: { sets: 'Kept sets', survival: 'Survival depth', scores: 'Scores', truth: 'Ground truth' }[mode],
    matches: key(String(i + 1)),
    run: () => useViewStore.getState().setOverlay(mode),
  })),
  {
    keys: ['0'],
    title: 'Bare images',
    matches: key('0'),
    run() {
      const { bare, setBare } = useViewStore.getState()
      setBare(!bare)
    },
  },
]

function jumpToQuery(direction: 1 | -1): void {
  const { frame, seek, pause } = usePlayerStore.getState()
  const queries = shownRun(useRunStore.getState())?.run.queries ?? []
  const target = direction > 0 ? queries.find(({ step }) => step > frame) : queries.findLast(({ step }) => step < frame)
  if (!target) return
  pause()
  seek(target.step)
}

/** Listens for the page's keys. Keys that a control uses itself stay with the control. @returns a function that stops. */
export function startShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof Element && belongsToControl(event.target, event.key)) return
    const shortcut = SHORTCUTS.find((candidate) => candidate.matches(event))
    if (!shortcut) return
    event.preventDefault()
    shortcut.run()
  }
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}

function belongsToControl(target: Element, pressed: string): boolean {
  if (target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="listbox"]')) return true
  if (pressed === ' ') return target.closest('button, a, [role="switch"], summary') !== null
  return pressed.startsWith('Arrow') && target.closest('[role="slider"], [role="tablist"], [role="group"]') !== null
}
