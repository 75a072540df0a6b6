import type { ScoreRows } from '../pruning/contract.ts'
import type { DecodedQuery } from './decodedQuery.ts'

/** Attention of all layers at one frame, `[layers, visual tokens]` each. */
export interface StackedScores {
  textScores: Float32Array
  actionScores: Float32Array
}

/** Attention scores per token id with the kind of forward that they come from. */
export interface FoundScores {
  values: Float32Array
  forward: 'pruned' | 'dense'
}

/** Scores of a layer: the query's own where they were recorded, else those of the dense forward. */
export function findScores(
  query: DecodedQuery,
  layer: number,
  rows: ScoreRows,
  dense: StackedScores | undefined,
): FoundScores | undefined {
  const own = query.scores(layer, rows)
  if (own) return { values: own, forward: query.decisions.length > 0 ? 'pruned' : 'dense' }
  if (!dense || layer < 1) return undefined
  const all = rows === 'text' ? dense.textScores : dense.actionScores
  const values = all.subarray((layer - 1) * query.visualTokens, layer * query.visualTokens)
  return values.length === query.visualTokens ? { values, forward: 'dense' } : undefined
}
