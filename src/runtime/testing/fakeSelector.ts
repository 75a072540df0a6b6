import {
  createSession,
  type ExecutedStep,
  type KeepDecision,
  type LayerSignals,
  type QueryInput,
  type SelectorPlan,
  type SelectorSession,
} from '../../core/pruning/contract.ts'

/** What a fake selector was told, in order; forks write into the same list. */
export interface FakeLog {
  inputs: QueryInput[]
  signals: LayerSignals[]
  steps: ExecutedStep[]
}

/** State of a fake selector: how many queries it has finished. */
interface FakeState {
  queries: number
}

/** A selector for tests: decides with a function and writes down what it is told. */
export function fakeSelector(options: {
  plan?: Partial<SelectorPlan>
  decide?: (signals: LayerSignals) => KeepDecision | undefined
  replan?: (step: ExecutedStep) => boolean
  /** Actions instead of a query, by the number of queries before. */
  repeat?: (queries: number) => Float32Array | undefined
  /** Called in the moment of `beforeQuery`, when earlier images are at hand. */
  onInput?: (input: QueryInput) => void
}): { session: SelectorSession; log: FakeLog } {
  const log: FakeLog = { inputs: [], signals: [], steps: [] }
  const session = createSession<FakeState>({
    plan: { textLayers: [], actionLayers: [], decisionLayers: [], ...options.plan },
    beginEpisode: () => ({ queries: 0 }),
    beforeQuery(state, input) {
      log.inputs.push(input)
      options.onInput?.(input)
      return state
    },
    afterLayer(state, signals) {
      log.signals.push(signals)
      const decision = options.decide?.(signals)
      return { state, ...(decision ? { decision } : {}) }
    },
    afterQuery: (state) => ({ queries: state.queries + 1 }),
    afterStep(state, step) {
      log.steps.push(step)
      return { state, replan: options.replan?.(step) ?? false }
    },
    repeat: ({ queries }) => options.repeat?.(queries),
    notes: (state) => ({ lookBackSteps: state.queries }),
  })
  return { session, log }
}

/** Keeps these tokens, as one set. */
export function keeping(keep: Int32Array, score?: Float32Array): KeepDecision {
  return { keep, sets: [{ name: 'fake', ids: keep }], ...(score ? { score } : {}) }
}
