import type { EngineKind, LayerScores, QueryResult } from '../core/policy/engine.ts'
import type { KeepDecision, SelectorNotes } from '../core/pruning/contract.ts'
import { tokenRange } from '../core/pruning/sets.ts'
import { encodeFloats, encodeIds } from '../core/schema/base64.ts'
import type { DecisionRecord, QueryRecord } from '../core/schema/runRecord.ts'
import type { OffPathWork } from './densePass.ts'
import type { DenseFrame } from './protocol.ts'

/** What a record says beside the engine's result. */
export interface QueryContext {
  index: number
  step: number
  replan: boolean
  notes: SelectorNotes
  /** Visual tokens of the whole sequence. */
  visualTokens: number
  /** The unpruned policy on the same observation, where it is known already. */
  dense?: DenseFrame
  /** The method's dense pass outside the timed path. */
  offPath?: OffPathWork | undefined
  /** What ran the query. */
  engine?: EngineKind | undefined
  /** Why it was not the fused engine, where that was asked for. */
  fusedObstacle?: string | undefined
}

/** The record of one query; large arrays as base64 over absolute token ids. */
export function encodeQuery(result: QueryResult, context: QueryContext): QueryRecord {
  const { index, step, replan, notes, visualTokens, dense, offPath, engine, fusedObstacle } = context
  return {
    index,
    step,
    replan,
    notes: withoutUndefined(notes),
    chunk: encodeFloats(result.chunk),
    ...(dense ? encodeDense(dense) : {}),
    tokensPerLayer: result.layers.map((layer) => layer.visualTokens),
    ...(result.repeated && { repeated: true }),
    ...(engine && { engine }),
    ...(result.captured && { captured: true }),
    ...(fusedObstacle !== undefined && { fusedObstacle }),
    decisions: encodeDecisions(result, visualTokens),
    ...(result.scores.length > 0 ? { scores: result.scores.map((scores) => encodeScores(scores, visualTokens)) } : {}),
    latencyMs: result.latencyMs,
    stagesMs: result.stagesMs,
    ...(offPath ? { offPath } : {}),
  }
}

/** Adds the unpruned policy's answer to the records of the same steps. */
export function attachDense(queries: readonly QueryRecord[], frames: ReadonlyMap<number, DenseFrame>): QueryRecord[] {
  return queries.map((query) => {
    const dense = frames.get(query.step)
    return dense ? { ...query, ...encodeDense(dense) } : query
  })
}

function encodeDense({ chunk, latencyMs, keepAllChunk }: DenseFrame) {
  return {
    denseChunk: encodeFloats(chunk),
    denseLatencyMs: latencyMs,
    ...(keepAllChunk ? { keepAllChunk: encodeFloats(keepAllChunk) } : {}),
  }
}

/** Values by token id: NaN where a token did not take part. */
export function spreadByTokenId(ids: Int32Array, values: Float32Array, visualTokens: number): Float32Array {
  const spread = new Float32Array(visualTokens).fill(Number.NaN)
  ids.forEach((id, position) => {
    spread[id] = values[position]
  })
  return spread
}

function encodeDecisions(result: QueryResult, visualTokens: number): DecisionRecord[] {
  const taken = [
    { layer: 0, decision: result.embedDecision },
    ...result.layers.map(({ layer, decision }) => ({ layer, decision })),
  ]
  const records: DecisionRecord[] = []
  // A decision's score runs over the tokens that the decisions before it had left.
  let ids = tokenRange(0, visualTokens)
  for (const { layer, decision } of taken) {
    if (!decision) continue
    records.push(encodeDecision(layer, decision, ids, visualTokens))
    ids = decision.keep
  }
  return records
}

function encodeDecision(layer: number, decision: KeepDecision, ids: Int32Array, visualTokens: number): DecisionRecord {
  const { keep, sets, score } = decision
  return {
    layer,
    keep: encodeIds(keep, visualTokens),
    sets: sets.map((set) => ({ name: set.name, ids: encodeIds(set.ids, visualTokens) })),
    ...(score ? { score: encodeFloats(spreadByTokenId(ids, score, visualTokens)) } : {}),
  }
}

function encodeScores({ layer, rows, ids, values }: LayerScores, visualTokens: number) {
  return { layer, rows, values: encodeFloats(spreadByTokenId(ids, values, visualTokens)) }
}

function withoutUndefined(notes: SelectorNotes): SelectorNotes {
  return Object.fromEntries(Object.entries(notes).filter(([, value]) => value !== undefined))
}
