import type { PolicyEngine, QueryResult } from '../core/policy/engine.ts'
import { createSession, type DensePass, type LayerSignals, type SelectorSession } from '../core/pruning/contract.ts'
import type { Observation } from '../core/schema/observation.ts'

/** What a dense pass outside the timed path cost. */
export interface OffPathWork {
  moment: DensePass['moment']
  latencyMs: number
  /** Visual tokens that took part in each layer, from layer 1. */
  tokensPerLayer: number[]
}

/**
 * Runs the dense pass that a selector's plan asks for at this moment and tells the selector what it saw.
 * @param engine the layered engine, which alone reads attention back
 * @param query the answered query, for the moment `after`: one that removed nothing is its own dense pass
 * @returns its cost, or undefined if none was run
 * @throws what the engine throws
 */
export async function runDensePass(
  engine: PolicyEngine,
  session: SelectorSession,
  observation: Observation,
  moment: DensePass['moment'],
  { query, signal }: { query?: QueryResult; signal?: AbortSignal } = {},
): Promise<OffPathWork | undefined> {
  const { densePass } = session.plan
  if (densePass?.moment !== moment || (query && keptEverything(query))) return undefined
  if (!session.afterDense) throw new Error('The plan asks for a dense pass, but the method does not take its result.')
  const signals: LayerSignals[] = []
  const { latencyMs, layers } = await engine.query(observation, { session: createProbe(densePass, signals), signal })
  session.afterDense(signals)
  return { moment, latencyMs, tokensPerLayer: layers.map((layer) => layer.visualTokens) }
}

function keptEverything({ embedDecision, layers }: QueryResult): boolean {
  return !embedDecision && layers.every((layer) => !layer.decision)
}

/** A selector that keeps everything and notes what it sees. */
function createProbe(pass: DensePass, into: LayerSignals[]): SelectorSession {
  const { textLayers, actionLayers, hiddenLayers } = pass
  return createSession<null>({
    plan: { textLayers, actionLayers, decisionLayers: [], ...(hiddenLayers && { hiddenLayers }) },
    beginEpisode: () => null,
    beforeQuery: (state) => state,
    afterLayer(state, signals) {
      // The engine may write over what it lends.
      const { hidden } = signals
      into.push({ ...signals, ...(hidden && { hidden: { ...hidden, values: hidden.values.slice() } }) })
      return { state }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  })
}
