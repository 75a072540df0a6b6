import { create } from 'zustand'
import { MAX_PINNED } from '../core/share/state.ts'
import type { MethodSettings } from './methodStore.ts'
import { settingsKey } from './settings.ts'

/** Names of the pinned settings, in the order in which they were pinned. */
export const PIN_LETTERS = ['A', 'B', 'C', 'D'] as const
export type PinLetter = (typeof PIN_LETTERS)[number]

/** One side of a comparison: a pinned setting, or whatever the panel says. */
export type Side = PinLetter | 'now'

export interface PinnedCard {
  letter: PinLetter
  settings: MethodSettings
}

/** How far the run of a pinned setting is. */
export type PinnedRunStatus =
  { status: 'waiting' } | { status: 'running'; done: number; total: number } | { status: 'failed'; message: string }

export interface CompareState {
  cards: readonly PinnedCard[]
  left: Side
  right: Side
  /** By settings key; a setting that is missing has its run, or waits for it. */
  running: ReadonlyMap<string, PinnedRunStatus>
}

export interface CompareActions {
  /** Keeps settings under the next free letter. Settings that are pinned already, and a fifth one, change nothing. */
  pin(settings: MethodSettings): void
  unpin(letter: PinLetter): void
  choose(side: 'left' | 'right', value: Side): void
  /** Replaces all pinned settings, as a link does. */
  setAll(settings: readonly MethodSettings[]): void
  setRunning(key: string, status: PinnedRunStatus | undefined): void
}

const DEFAULTS: CompareState = { cards: [], left: 'now', right: 'now', running: new Map() }

/** Settings that are kept side by side. */
export const useCompareStore = create<CompareState & CompareActions>((set) => ({
  ...DEFAULTS,
  pin: (settings) =>
    set(({ cards, left, right }) => {
      const letter = PIN_LETTERS.find((candidate) => !cards.some((card) => card.letter === candidate))
      const key = settingsKey(settings)
      const known = cards.some((card) => settingsKey(card.settings) === key)
      if (!letter || known || cards.length >= MAX_PINNED) return {}
      const all = [...cards, { letter, settings }].sort((a, b) => a.letter.localeCompare(b.letter))
      // The first pin is compared with the panel; the second takes the panel's place.
      if (left === 'now') return { cards: all, left: letter }
      return { cards: all, right: right === 'now' ? letter : right }
    }),
  unpin: (letter) =>
    set(({ cards, left, right }) => ({
      cards: cards.filter((card) => card.letter !== letter),
      left: left === letter ? 'now' : left,
      right: right === letter ? 'now' : right,
    })),
  choose: (side, value) => set(side === 'left' ? { left: value } : { right: value }),
  setAll: (settings) =>
    set(() => {
      const cards = settings.slice(0, MAX_PINNED).map((each, i) => ({ letter: PIN_LETTERS[i], settings: each }))
      return { cards, left: cards.at(0)?.letter ?? 'now', right: cards.at(1)?.letter ?? 'now' }
    }),
  setRunning: (key, status) =>
    set(({ running }) => {
      const next = new Map(running)
      if (status) next.set(key, status)
      else next.delete(key)
      return { running: next }
    }),
}))
