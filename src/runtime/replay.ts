import type { QueryResult } from '../core/policy/engine.ts'
import type { SelectorSession } from '../core/pruning/contract.ts'
import type { Observation } from '../core/schema/observation.ts'
import { computeDenseFrame, type DenseFrameCache } from './denseFrame.ts'
import type { PolicyEngines } from './engines/createEngines.ts'
import { type MethodAnswer, runMethodQuery } from './methodQuery.ts'
import { OpenLoopWalk } from './openLoopWalk.ts'
import { withPreparation } from './preparation.ts'
import type { DenseFrame, EpisodeFrames, ReplayEvent } from './protocol.ts'
import { encodeQuery } from './queryRecord.ts'

/** Id of the method that runs on the dense engine; every other one runs on the layered engine. */
export const DENSE_METHOD = 'dense'

/** Whether a session needs no engine but the dense one; with forced tokens even `dense` takes decisions. */
function isDense({ plan }: SelectorSession, methodId: string): boolean {
  return methodId === DENSE_METHOD && plan.decisionLayers.length === 0
}

export interface ReplayOptions {
  /** The engines of the moment; others after {@link recover}. */
  engines(): PolicyEngines
  /** @returns true when new engines are there and the query is to be repeated with them. */
  recover?(error: unknown): Promise<boolean>
  episode: EpisodeFrames
  /** A fresh session of the method. */
  session: SelectorSession
  methodId: string
  /** Actions of a chunk executed before the next query. */
  executeSteps: number
  /** Whether the fused engine runs the queries that it can. */
  preferFused?: boolean
  /** Visual tokens of the model. */
  visualTokens: number
  /** Dense frames known from earlier runs of this episode on this backend; grows. Without it no dense frames are run. */
  denseFrames?: DenseFrameCache
  signal?: AbortSignal
  onEvent(event: ReplayEvent): void
  /** Awaited between inferences, so that a worker can hear a cancellation. */
  pause?(): Promise<void>
}

/**
 * Replays a recording open loop: a query at frame 0, then whenever the executed steps are used up or the controller
 * replans. Per query the method's record comes first, then the dense frame if it was not known.
 * @throws what a query throws; AbortError when aborted.
 */
export async function runReplay(options: ReplayOptions): Promise<void> {
  const { signal, onEvent, visualTokens, denseFrames } = options
  const walk = new OpenLoopWalk(options.episode, options.session, options.executeSteps)
  while (!walk.done) {
    await options.pause?.()
    signal?.throwIfAborted()
    const { index, step, replan } = walk
    const observation = walk.begin()
    const answer = await queryMethod(options, walk.session, observation)
    const { session, offPath, engine, fusedObstacle } = answer
    // The dense policy prepares nothing, and its query is the dense frame's.
    const dense = isDense(session, options.methodId)
    const result = dense ? answer.result : withPreparation(answer.result, walk.preparationMs)
    const known = denseFrames?.get(step)
    // The notes are of the query: afterQuery and the executed steps move the controller on.
    const notes = session.notes()
    const context = {
      index,
      step,
      replan,
      notes,
      visualTokens,
      offPath,
      engine,
      fusedObstacle,
      ...(known ? { dense: known } : {}),
    }
    if (known) onEvent({ type: 'dense', frame: known })
    onEvent({ type: 'query', record: encodeQuery(result, context) })
    walk.finish(session, result)
    if (denseFrames && !known)
      onEvent({ type: 'dense', frame: await addDenseFrame(options, observation, step, result) })
  }
}

/**
 * One query of the method. It runs on a fork, so that a repetition on other engines starts from the state before it.
 * @returns the answer and the session that saw it.
 */
async function queryMethod(
  options: ReplayOptions,
  session: SelectorSession,
  observation: Observation,
): Promise<MethodAnswer & { session: SelectorSession }> {
  const { methodId, preferFused, signal } = options
  return repeating(options, async (engines) => {
    const attempt = session.fork()
    const dense = isDense(session, methodId)
    const fused = preferFused && !dense ? engines.fused : undefined
    const engine = dense ? engines.dense : engines.layered
    return { ...(await runMethodQuery(engine, attempt, observation, { methodId, fused, signal })), session: attempt }
  })
}

async function addDenseFrame(
  options: ReplayOptions,
  observation: Observation,
  step: number,
  result: QueryResult,
): Promise<DenseFrame> {
  const { methodId, session, signal, pause } = options
  await pause?.()
  signal?.throwIfAborted()
  const frame = await repeating(options, (engines) => {
    const dense = isDense(session, methodId) ? result : undefined
    return computeDenseFrame(engines, observation, step, { signal, pause, ...(dense ? { dense } : {}) })
  })
  options.denseFrames?.set(step, frame)
  return frame
}

async function repeating<T>(
  { engines, recover, signal }: ReplayOptions,
  attempt: (engines: PolicyEngines) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await attempt(engines())
    } catch (error) {
      if (signal?.aborted || !(await recover?.(error))) throw error
    }
  }
}
