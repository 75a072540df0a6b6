import type { ScoreRows } from '../pruning/contract.ts'
import { decodeFloats, decodeIds } from '../schema/base64.ts'
import type { QueryRecord } from '../schema/runRecord.ts'

/** A decision with its bit fields unpacked. */
export interface DecodedDecision {
  layer: number
  /** Ascending token ids. */
  keep: Int32Array
  sets: readonly { name: string; ids: Int32Array }[]
  /** Per visual token id, NaN where the token was gone: what the decision ranked by. */
  score: Float32Array | undefined
}

/** A query record with its arrays unpacked: what overlays, the pipeline line and the inspector read. */
export interface DecodedQuery {
  record: QueryRecord
  layers: number
  visualTokens: number
  decisions: readonly DecodedDecision[]
  /** Per visual token id: the last layer that the token took part in; 0 = removed before layer 1. */
  depth: Uint8Array
  /** Layers for which scores of these rows were recorded, ascending. */
  scoreLayers(rows: ScoreRows): readonly number[]
  /** Attention scores per visual token id, NaN where the token did not take part. */
  scores(layer: number, rows: ScoreRows): Float32Array | undefined
}

const cache = new WeakMap<QueryRecord, DecodedQuery>()

/**
 * Unpacks a query record; the same record gives the same object.
 * @param model sizes of the run's model
 */
export function decodeQuery(record: QueryRecord, model: { layers: number; visualTokens: number }): DecodedQuery {
  const known = cache.get(record)
  if (known) return known
  const decisions = record.decisions.map(({ layer, keep, sets, score }) => ({
    layer,
    keep: decodeIds(keep),
    sets: sets.map(({ name, ids }) => ({ name, ids: decodeIds(ids) })),
    score: score === undefined ? undefined : decodeFloats(score),
  }))
  const unpacked = new Map<string, Float32Array>()
  const decoded: DecodedQuery = {
    record,
    ...model,
    decisions,
    depth: record.repeated ? new Uint8Array(model.visualTokens) : survivalDepth(decisions, model),
    scoreLayers: (rows) =>
      (record.scores ?? [])
        .filter((entry) => entry.rows === rows)
        .map((entry) => entry.layer)
        .sort((a, b) => a - b),
    scores(layer, rows) {
      const key = `${rows}:${layer}`
      const ready = unpacked.get(key)
      if (ready) return ready
      const entry = record.scores?.find((candidate) => candidate.layer === layer && candidate.rows === rows)
      if (!entry) return undefined
      const values = decodeFloats(entry.values)
      unpacked.set(key, values)
      return values
    },
  }
  cache.set(record, decoded)
  return decoded
}

/** Survival depth of every visual token: the layer of the first decision that left it out, else the last layer. */
export function survivalDepth(
  decisions: readonly Pick<DecodedDecision, 'layer' | 'keep'>[],
  model: { layers: number; visualTokens: number },
): Uint8Array {
  const depth = new Uint8Array(model.visualTokens).fill(model.layers)
  const alive = new Uint8Array(model.visualTokens).fill(1)
  for (const { layer, keep } of decisions) {
    const kept = new Uint8Array(model.visualTokens)
    for (const id of keep) kept[id] = 1
    for (let id = 0; id < model.visualTokens; id++) {
      if (!alive[id] || kept[id]) continue
      alive[id] = 0
      depth[id] = layer
    }
  }
  return depth
}

/** Token ids that are still there after a layer; layer 0 is before layer 1. */
export function survivorsAfter(query: DecodedQuery, layer: number): Int32Array {
  const decision = query.decisions.findLast((candidate) => candidate.layer <= layer)
  return decision?.keep ?? Int32Array.from({ length: query.visualTokens }, (_, id) => id)
}
