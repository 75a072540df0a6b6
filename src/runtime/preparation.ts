import type { QueryResult } from '../core/policy/engine.ts'
import type { QueryInput, SelectorSession } from '../core/pruning/contract.ts'

/**
 * Lets a session prepare for its next query: look back, compare patches, move the controller on.
 * @returns milliseconds that it took, without those in which images were fetched: a robot has them at hand
 */
export function prepareQuery(session: SelectorSession, query: QueryInput): number {
  let fetchingMs = 0
  const imagesAt: QueryInput['imagesAt'] = (stepsBack) => {
    const begin = performance.now()
    const images = query.imagesAt(stepsBack)
    fetchingMs += performance.now() - begin
    return images
  }
  const begin = performance.now()
  session.beforeQuery({ ...query, imagesAt })
  return performance.now() - begin - fetchingMs
}

/** A query whose latency holds the selector's preparation for it as well, booked on the stage `select`. */
export function withPreparation(result: QueryResult, preparationMs: number): QueryResult {
  const { latencyMs, stagesMs } = result
  const select = stagesMs.select + preparationMs
  return { ...result, latencyMs: latencyMs + preparationMs, stagesMs: { ...stagesMs, select } }
}
