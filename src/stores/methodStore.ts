import { create } from 'zustand'
import type { EngineChoice } from '../core/policy/engine.ts'
import type { ParameterValue } from '../core/pruning/parameters.ts'

/** The settings of a run: everything that its result depends on besides model and episode. */
export interface MethodSettings {
  methodId: string
  /** The preset that the values started from; undefined: the method's defaults. */
  presetId: string | undefined
  /** Complete, checked values. */
  parameters: Readonly<Record<string, ParameterValue>>
  /** Actions of a chunk that are executed before the next query. */
  executeSteps: number
  seed: number
  /** Tokens that a brush keeps, drops or greys (`formatForced`); empty: none. */
  forced: string
  /** What the policy reads instead of the episode's own instruction; empty: the own. */
  instruction: string
}

export interface MethodState extends MethodSettings {
  /** What runs the settings. It decides times, not results, so it belongs to no setting and has no undo. */
  engine: EngineChoice
  /** Grows with every change of the settings; results carry the revision that they were computed for. */
  revision: number
}

export interface MethodActions {
  /** Replaces settings; what is left out stays. */
  apply(settings: Partial<MethodSettings>): void
  setParameter(name: string, value: ParameterValue): void
  setEngine(engine: EngineChoice): void
}

const DEFAULTS: MethodState = {
  methodId: 'specprune',
  presetId: undefined,
  parameters: {},
  executeSteps: 8,
  seed: 0,
  forced: '',
  engine: 'auto',
  instruction: '',
  revision: 0,
}

/** The method that the reader is trying, with its settings. */
export const useMethodStore = create<MethodState & MethodActions>((set) => ({
  ...DEFAULTS,
  apply: (settings) => set((state) => ({ ...settings, revision: state.revision + 1 })),
  setParameter: (name, value) =>
    set((state) => ({ parameters: { ...state.parameters, [name]: value }, revision: state.revision + 1 })),
  setEngine: (engine) => set((state) => (state.engine === engine ? state : { engine, revision: state.revision + 1 })),
}))

/** The settings without the store's bookkeeping. */
export function methodSettings(state: MethodState): MethodSettings {
  const { methodId, presetId, parameters, executeSteps, seed, forced, instruction } = state
  return { methodId, presetId, parameters, executeSteps, seed, forced, instruction }
}
