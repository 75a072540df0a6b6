import { create } from 'zustand'
import type { SweepPlan } from '../data/results/sweep.ts'
import { PANEL } from './methodChoices.ts'
import { advanceSweep, NO_SWEEP } from './sweepStoreRun.ts'
import type { SweepRun, SweepRunEvent } from './sweepStoreRun.ts'

/** One axis in the form; an empty name means no axis. */
export interface AxisDraft {
  name: string
  /** Values as they stand in the field. */
  values: string
}

/** What the reader is about to sweep: the form's contents, kept while other tabs are open. */
export interface SweepDraft {
  /** One of `methodChoices`. */
  method: string
  /** Undefined: the first parameter that fits, with suggested values. */
  first: AxisDraft | undefined
  second: AxisDraft
}

export interface SweepState {
  draft: SweepDraft
  run: SweepRun
  /** What goes before the sweep, in a sentence; undefined while nothing does. */
  waiting: string | undefined
  /** Something that the reader should know, for example that this browser keeps nothing. */
  note: string | undefined
  /** What the sweep of another tab of this browser is doing, in a sentence; undefined while there is none. */
  elsewhere: string | undefined
  /** Whether an earlier visit's sweep was looked for. */
  looked: boolean
}

export interface SweepActions {
  edit(changes: Partial<SweepDraft>): void
  handle(event: SweepRunEvent): void
  update(changes: Partial<Pick<SweepState, 'waiting' | 'note' | 'elsewhere' | 'looked'>>): void
}

const DEFAULTS: SweepState = {
  draft: { method: PANEL, first: undefined, second: { name: '', values: '' } },
  run: NO_SWEEP,
  waiting: undefined,
  note: undefined,
  elsewhere: undefined,
  looked: false,
}

/** The sweep over a grid of settings. */
export const useSweepStore = create<SweepState & SweepActions>((set) => ({
  ...DEFAULTS,
  edit: (changes) => set((state) => ({ draft: { ...state.draft, ...changes } })),
  handle: (event) => set((state) => ({ run: advanceSweep(state.run, event) })),
  update: (changes) => set(changes),
}))

/** What the form asks for; the controller adds what is open. */
export type SweepRequest = Pick<SweepPlan, 'method' | 'axes'>

/** What the reader can ask of sweeps; loaded with the first use. */
export interface SweepCommands {
  /** Looks for the sweep of an earlier visit. */
  restore(): Promise<void>
  /** Sweeps the open episode. */
  start(request: SweepRequest): Promise<void>
  /** The cell under way is begun again later. */
  pause(): void
  resume(): Promise<void>
  /** Ends the sweep; finished cells stay. */
  abort(): void
}
