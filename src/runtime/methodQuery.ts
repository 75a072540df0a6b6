import type { EngineKind, PolicyEngine, QueryResult } from '../core/policy/engine.ts'
import type { QuerySummary, SelectorSession } from '../core/pruning/contract.ts'
import type { Observation } from '../core/schema/observation.ts'
import { type OffPathWork, runDensePass } from './densePass.ts'
import type { FusedEngine } from './engines/fusedEngine.ts'
import { namingSelector } from './engines/survivors.ts'

export interface MethodQueryOptions {
  /** For messages. */
  methodId: string
  /** Runs the query instead of the engine where the method's query can be put into its graph. */
  fused?: Pick<FusedEngine, 'kind' | 'obstacle' | 'query'> | undefined
  signal?: AbortSignal | undefined
}

/** A method's answer to one observation. */
export interface MethodAnswer {
  result: QueryResult
  /** What ran it; undefined where the method repeated earlier actions. */
  engine?: EngineKind
  /** Why the fused engine did not run it although it was there. */
  fusedObstacle?: string
  /** The dense pass that the method asked for, ahead of the query or after it. Not in the latency. */
  offPath?: OffPathWork
}

/**
 * One query of a method, with the dense pass that it may ask for, or the actions that it repeats instead.
 * @param engine the layered engine, or the dense one for a method that takes no decisions
 * @param session after `beforeQuery`; `afterQuery` is the caller's
 * @throws what the engine throws; a DecisionError names the method
 */
export async function runMethodQuery(
  engine: PolicyEngine,
  session: SelectorSession,
  observation: Observation,
  { methodId, fused, signal }: MethodQueryOptions,
): Promise<MethodAnswer> {
  const repeated = repeatedQuery(session)
  if (repeated) return { result: repeated }
  return namingSelector(methodId, async () => {
    const ahead = await runDensePass(engine, session, observation, 'before', { signal })
    const fusedObstacle = fused?.obstacle(session)
    const runner = fused && fusedObstacle === undefined ? fused : engine
    const result = await runner.query(observation, { session, signal })
    const offPath = ahead ?? (await runDensePass(engine, session, observation, 'after', { query: result, signal }))
    const remark = fusedObstacle === undefined ? {} : { fusedObstacle }
    return { result, engine: runner.kind, ...remark, ...(offPath && { offPath }) }
  })
}

/**
 * The result of a query that repeats earlier actions: no layer ran.
 * @returns undefined if the policy is to be run
 */
export function repeatedQuery(session: SelectorSession): QueryResult | undefined {
  const begin = performance.now()
  const chunk = session.repeat?.()
  if (!chunk) return undefined
  const latencyMs = performance.now() - begin
  const stagesMs = { observe: 0, select: latencyMs, embed: 0, layers: 0, head: 0 }
  return { chunk, layers: [], scores: [], survivors: new Int32Array(), latencyMs, stagesMs, repeated: true }
}

/** What a selector is told when its query is over. */
export function summaryOf({ chunk, survivors, repeated }: QueryResult): QuerySummary {
  return { chunk, survivors, ...(repeated && { repeated }) }
}
