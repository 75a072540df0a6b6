import { create } from 'zustand'
import type { QueryRecord } from '../core/schema/runRecord.ts'
import { suiteIds } from '../simulation/instructedTask.ts'
import type { SimulatorFrame } from '../simulation/liveSimulator.ts'
import { advanceRun, NO_RUN } from './rolloutStoreRun.ts'
import type { RolloutPlan, RolloutRun, RolloutRunEvent } from './rolloutStoreRun.ts'

/** What the reader is about to compare: the form's contents, kept while other tabs are open. */
export interface RolloutDraft {
  suite: string
  firstSeed: number
  seedCount: number
  /** Methods as the command line writes them, or `panel` for the settings in the method panel. */
  methods: readonly string[]
  /** Undefined: the suite's own horizon. */
  horizonSteps: number | undefined
}

export interface RolloutState {
  draft: RolloutDraft
  run: RolloutRun
  /** What the cameras see. Changes with every control step: subscribe, do not render. */
  frame: SimulatorFrame | undefined
  /** The query whose chunk is being executed. */
  query: QueryRecord | undefined
  /** Episode that is being opened in the player, as `seed:setting`. */
  opening: string | undefined
  /** Why the last one could not be opened. */
  openError: string | undefined
}

export interface RolloutActions {
  edit(changes: Partial<RolloutDraft>): void
  handle(event: RolloutRunEvent): void
  show(frame: SimulatorFrame | undefined): void
  setQuery(query: QueryRecord | undefined): void
  setOpening(opening: string | undefined, openError?: string): void
}

const DEFAULTS: RolloutState = {
  draft: { suite: suiteIds()[0], firstSeed: 0, seedCount: 20, methods: ['dense', 'panel'], horizonSteps: undefined },
  run: NO_RUN,
  frame: undefined,
  query: undefined,
  opening: undefined,
  openError: undefined,
}

/** The closed-loop comparison of this visit. */
export const useRolloutStore = create<RolloutState & RolloutActions>((set) => ({
  ...DEFAULTS,
  edit: (changes) => set((state) => ({ draft: { ...state.draft, ...changes } })),
  handle: (event) => set((state) => ({ run: advanceRun(state.run, event) })),
  show: (frame) => set({ frame }),
  setQuery: (query) => set({ query }),
  setOpening: (opening, openError) => set({ opening, openError }),
}))

/** What the reader can ask of comparisons; loaded with the first use. */
export interface RolloutCommands {
  /** Plays a plan from its beginning. */
  start(plan: RolloutPlan): void
  pause(): void
  resume(): void
  /** Ends the run; what was played stays. */
  stop(): void
  /** Opens a played episode in the player, frame by frame. */
  openEpisode(seed: number, settingId: string): Promise<void>
  /** The view is open: the simulator stays. */
  enter(): void
  /** The view was left: frees the simulator unless a run goes on. */
  leave(): void
}
