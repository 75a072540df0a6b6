/** Headings of the palette and of the sheet of keys, in their order. */
export const ACTION_GROUPS = ['Player', 'View', 'Method', 'Go to', 'Page'] as const
export type ActionGroup = (typeof ACTION_GROUPS)[number]

/**
 * Something that a person can do, by a button, by a key or from the palette: one place for its name, its keys and its
 * rule. The app makes the list; features look an action up by its id for their tooltips.
 */
export interface Action {
  /** For example `player.play`. */
  id: string
  /** What it does, in the imperative: `Play or pause`. */
  title: string
  group: ActionGroup
  /**
   * Chords that do it; the first is shown in tooltips. Modifiers before the key, as the browser names it:
   * `Space`, `Shift+ArrowLeft`, `Mod+k` (Ctrl, or Command on Apple machines), `[`.
   */
  keys?: readonly string[]
  /** More words by which the palette finds it. */
  words?: string
  /** Whether it can be done now; always if left out. */
  enabled?(): boolean
  run(): void
}

/** Actions of the moment: fixed ones, and those that depend on what is open, such as one for each episode. */
export type ActionSource = () => readonly Action[]

let fixed: ReadonlyMap<string, Action> = new Map()
let sources: readonly ActionSource[] = []

/**
 * Called once, by the app.
 * @param actions that are always there; only these have keys
 * @param more asked whenever the palette opens
 */
export function provideActions(actions: readonly Action[], more: readonly ActionSource[] = []): void {
  fixed = new Map(actions.map((action) => [action.id, action]))
  sources = more
}

/** The action with an id, if the app has it. */
export function findAction(id: string): Action | undefined {
  return fixed.get(id)
}

/** The fixed actions: those that may have keys. */
export function fixedActions(): readonly Action[] {
  return [...fixed.values()]
}

/** Every action of this moment, group by group. */
export function allActions(): readonly Action[] {
  const all = [...fixed.values(), ...sources.flatMap((source) => source())]
  return ACTION_GROUPS.flatMap((group) => all.filter((action) => action.group === group))
}

/** Whether an action can be done now. */
export function isEnabled(action: Action): boolean {
  return action.enabled?.() ?? true
}
