import type { QueryResult } from '../core/policy/engine.ts'
import type { ScoreRows } from '../core/pruning/contract.ts'
import type { Observation } from '../core/schema/observation.ts'
import type { PolicyEngines } from './engines/createEngines.ts'
import type { DenseFrame } from './protocol.ts'

/**
 * Dense frames of one episode on one backend, by step. Whoever changes the episode or the backend makes a new one:
 * times of two backends must not meet.
 */
export type DenseFrameCache = Map<number, DenseFrame>

export interface DenseFrameOptions {
  signal?: AbortSignal
  /** The dense engine's answer, if it is known already. */
  dense?: QueryResult
  /** Awaited between the passes. */
  pause?(): Promise<void>
}

/** What the unpruned policy does and attends to: one pass of the dense engine, one of the layered with all taps. */
export async function computeDenseFrame(
  engines: PolicyEngines,
  observation: Observation,
  step: number,
  { signal, dense, pause }: DenseFrameOptions = {},
): Promise<DenseFrame> {
  const { chunk, latencyMs } = dense ?? (await engines.dense.query(observation, { signal }))
  await pause?.()
  const tapped = await engines.layered.query(observation, { taps: 'all', signal })
  return {
    step,
    chunk,
    latencyMs,
    textScores: stackScores(tapped, 'text'),
    actionScores: stackScores(tapped, 'action'),
    keepAllChunk: tapped.chunk,
  }
}

/** `[layers, visual tokens]` of a pass that kept everything. */
function stackScores(result: QueryResult, rows: ScoreRows): Float32Array {
  const visualTokens = result.survivors.length
  const stacked = new Float32Array(result.layers.length * visualTokens)
  for (const scores of result.scores) {
    if (scores.rows === rows) stacked.set(scores.values, (scores.layer - 1) * visualTokens)
  }
  return stacked
}
