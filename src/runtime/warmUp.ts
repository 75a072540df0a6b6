import { createSession } from '../core/pruning/contract.ts'
import type { Observation } from '../core/schema/observation.ts'
import type { PolicyEngines } from './engines/createEngines.ts'

export interface WarmUpOptions {
  /** Runs go on until this much time has passed. */
  budgetMs: number
  /** Runs of the dense engine that are made at least. */
  minRuns: number
  signal?: AbortSignal
  /** Awaited between runs. */
  pause?(): Promise<void>
}

/**
 * Tokens kept in turn after layer 1: everything; multiples of four; odd and even counts below 32. On a GPU these are
 * all the pipelines that any length needs; on the processor they only vary the work.
 */
const KEEP_COUNTS = [undefined, 128, 61, 13, 10] as const

/** Chromium compiles hot WebAssembly anew during its first one or two seconds; until then everything is 2-4x slow. */
export const WASM_WARM_UP: WarmUpOptions = { budgetMs: 1800, minRuns: 3 }
/** Pipelines are compiled by the first run of each kind. */
export const GPU_WARM_UP: WarmUpOptions = { budgetMs: 300, minRuns: KEEP_COUNTS.length }
/** Software renderers take seconds a run and have nothing to gain. */
export const SOFTWARE_GPU_WARM_UP: WarmUpOptions = { budgetMs: 0, minRuns: 3 }

/** Runs both engines until compilers and caches have settled, so that their work lands in no sample. */
export async function warmUp(engines: PolicyEngines, observation: Observation, options: WarmUpOptions): Promise<void> {
  const { budgetMs, minRuns, signal, pause } = options
  const end = performance.now() + budgetMs
  for (let run = 0; run < minRuns || performance.now() < end; run++) {
    await engines.dense.query(observation, { signal })
    await pause?.()
    const session = keepFirst(KEEP_COUNTS[run % KEEP_COUNTS.length])
    await engines.layered.query(observation, { session, signal })
    await pause?.()
  }
}

/** A selector that keeps the first tokens after layer 1 and reads scores at every kind of row. */
function keepFirst(count: number | undefined) {
  return createSession<undefined>({
    plan: { textLayers: [1], actionLayers: [2], decisionLayers: [1] },
    beginEpisode: () => undefined,
    beforeQuery: () => undefined,
    afterLayer(state, { layer, ids }) {
      if (layer !== 1 || count === undefined) return { state }
      const keep = ids.slice(0, count)
      return { state, decision: { keep, sets: [{ name: 'warm-up', ids: keep }] } }
    },
    afterQuery: () => undefined,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  })
}
