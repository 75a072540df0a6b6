import { create } from 'zustand'
import { methodSettings, useMethodStore } from './methodStore.ts'
import type { MethodSettings } from './methodStore.ts'

/** Changes of the same setting that follow each other this fast are one step: a slider that is dragged, a key held down. */
const SAME_STEP_MS = 800
/** Older settings are forgotten. */
const MAX_STEPS = 200

export interface SettingsHistory {
  /** Settings to go back to, the latest last. */
  past: readonly MethodSettings[]
  /** Settings that were undone, the latest undone last. */
  future: readonly MethodSettings[]
}

/** Settings that can be undone and redone. */
export const useSettingsHistory = create<SettingsHistory>(() => ({ past: [], future: [] }))

/** True while undo or redo itself changes the settings. */
let restoring = false

/**
 * Remembers settings from now on; called once the page's opening settings are there, which are not a person's change.
 * @param now milliseconds of any clock
 * @returns a function that stops
 */
export function recordSettings(now: () => number = () => performance.now()): () => void {
  let last: { setting: string; timeMs: number } | undefined
  return useMethodStore.subscribe((state, before) => {
    if (state.revision === before.revision) return
    if (restoring) {
      last = undefined
      return
    }
    const setting = changedSetting(methodSettings(before), methodSettings(state))
    if (setting === undefined) return
    const timeMs = now()
    const continues = last?.setting === setting && setting !== SEVERAL && timeMs - last.timeMs < SAME_STEP_MS
    last = { setting, timeMs }
    const { past } = useSettingsHistory.getState()
    useSettingsHistory.setState({
      past: continues ? past : [...past, methodSettings(before)].slice(-MAX_STEPS),
      future: [],
    })
  })
}

/** Goes back to the settings before the latest change. @returns false if there are none */
export function undoSettings(): boolean {
  const { past, future } = useSettingsHistory.getState()
  return restore(past, (present) => ({ past: past.slice(0, -1), future: [...future, present] }))
}

/** Takes back the latest {@link undoSettings}. @returns false if there is none */
export function redoSettings(): boolean {
  const { past, future } = useSettingsHistory.getState()
  return restore(future, (present) => ({ past: [...past, present], future: future.slice(0, -1) }))
}

function restore(from: readonly MethodSettings[], next: (present: MethodSettings) => SettingsHistory): boolean {
  const target = from.at(-1)
  if (!target) return false
  const history = next(methodSettings(useMethodStore.getState()))
  restoring = true
  try {
    useMethodStore.getState().apply(target)
  } finally {
    restoring = false
  }
  useSettingsHistory.setState(history)
  return true
}

const SEVERAL = 'several'

/** Name of the one setting that differs, {@link SEVERAL}, or undefined if none does. */
function changedSetting(before: MethodSettings, after: MethodSettings): string | undefined {
  const { parameters: a, ...plainBefore } = before
  const { parameters: b, ...plainAfter } = after
  const names = [...differences(plainBefore, plainAfter), ...differences(a, b).map((name) => `parameter ${name}`)]
  return names.length > 1 ? SEVERAL : names.at(0)
}

function differences(a: object, b: object): string[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  return [...new Set([...left.keys(), ...right.keys()])].filter((key) => !same(left.get(key), right.get(key)))
}

/** Values are numbers, words, switches and lists of layers. */
function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
