import { create } from 'zustand'
import type { QueryRecord } from '../core/schema/runRecord.ts'
import { suiteIds } from '../simulation/instructedTask.ts'
import type { BegunEpisode, SimulatorFrame } from '../simulation/liveSimulator.ts'

/** Where the live simulator is. */
export type SimulatorPhase =
  | { status: 'closed' }
  | { status: 'opening' }
  /** An episode has begun; nobody acts. */
  | { status: 'waiting' }
  | { status: 'acting' }
  | { status: 'paused' }
  | { status: 'ended'; success: boolean; judged: boolean; failure: string | undefined; steps: number }
  | { status: 'failed'; message: string }

export interface SimulatorState {
  phase: SimulatorPhase
  suite: string
  seed: number
  /** What the policy is told, as it stands in the field. */
  instruction: string
  /** `wrong`: the words in the field cannot be given; `unjudged`: they can, but no goal of the scene has them. */
  instructionNote: { kind: 'wrong' | 'unjudged'; text: string } | undefined
  begun: BegunEpisode | undefined
  /** What the cameras see. Changes with every control step: subscribe, do not render. */
  frame: SimulatorFrame | undefined
  /** The query whose chunk is being executed. */
  query: QueryRecord | undefined
  /** Queries of the episode so far. */
  queryCount: number
  /** Object that the keys move. */
  selectedObject: number
  /** What came of the last move or save, in a sentence. */
  note: string | undefined
  saving: boolean
}

export interface SimulatorActions {
  update(changes: Partial<SimulatorState>): void
  addQuery(query: QueryRecord): void
}

const DEFAULTS: SimulatorState = {
  phase: { status: 'closed' },
  suite: suiteIds()[0],
  seed: 0,
  instruction: '',
  instructionNote: undefined,
  begun: undefined,
  frame: undefined,
  query: undefined,
  queryCount: 0,
  selectedObject: 0,
  note: undefined,
  saving: false,
}

/** The live simulator: one episode in which a person and the policy act. */
export const useSimulatorStore = create<SimulatorState & SimulatorActions>((set) => ({
  ...DEFAULTS,
  update: (changes) => set(changes),
  addQuery: (query) => set((state) => ({ query, queryCount: state.queryCount + 1 })),
}))

/** What the reader can ask of the live simulator; loaded with the first use. */
export interface SimulatorCommands {
  /** Begins the episode of a suite and seed; nobody acts yet. */
  begin(suite: string, seed: number): Promise<void>
  /** Lets the policy act, or go on. */
  act(): void
  pause(): void
  /** Ends the rollout; the episode stays as it is. */
  stop(): void
  /** Gives the policy the words in the field. */
  instruct(text: string): Promise<void>
  /** Puts an object at a place on the table, m. */
  move(index: number, place: { x: number; y: number }): Promise<void>
  /** Moves an object by some way on the table, m. */
  nudge(index: number, by: { x: number; y: number }): Promise<void>
  /** Opens the rollout so far in the player. */
  save(): Promise<void>
  /** The rollout so far as a LeRobot dataset in a zip file. */
  download(): Promise<void>
  /** The view was left: ends everything and frees the simulator. */
  leave(): void
}
