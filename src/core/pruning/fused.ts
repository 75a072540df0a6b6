import type { ScoreRows } from './contract.ts'
import { layerLogWeights, type ConfidenceRule as AnyConfidenceRule } from './layerScores.ts'
import type { TokenSet } from './sets.ts'

/**
 * Added to the score of tokens that must stay where the number of survivors is fixed; scores are shares of attention and
 * lie below 1. The graph adds it in float32, so the selector has to as well.
 */
export const FORCED_SCORE = 2

/** The rules of layer confidence that the graph knows. */
export type FusedConfidence = Extract<AnyConfidenceRule, 'entropy' | 'deviation' | 'none'>

/**
 * One query of SpecPrune as numbers for the graph that holds its removals. How many tokens stay is known before the query
 * runs, which asks for a fixed count at the action level.
 */
export interface FusedRequest {
  rows: ScoreRows
  /** Tokens that the first removal keeps before all others: what earlier queries attended to and what moved. */
  forced: TokenSet
  /** Layers whose best tokens, in each view by itself, are forced as well. */
  local: readonly { layer: number; /** By view, in the order of the layout. */ tokens: readonly number[] }[]
  /** Layers after which tokens go, ascending, and how many visual tokens stay. */
  removals: readonly { layer: number; tokens: number }[]
  /** How the layer level weighs scores. */
  average: { layers: readonly number[]; rankSlope: number; weight: number; confidence: FusedConfidence }
}

/**
 * The survivors of a removal of fixed size: the union first, filled by score; of a union that is larger its best by score.
 * Ties go to the lower id.
 * @returns the rank keys, one per entry of `ids`, rounded as the graph rounds them
 */
export function fixedCountKeys(ids: TokenSet, scores: Float32Array, isForced: (id: number) => boolean): Float32Array {
  return scores.map((score, i) => (isForced(ids[i]) ? score + FORCED_SCORE : score))
}

/**
 * By rank, the logarithm of a layer's share in the moving average of the layer level, except for the layer's confidence:
 * log beta - j log(1 - beta) + log w(rank). A factor that all tokens share at the moment of a removal is left out, because
 * only the order counts: (1 - beta)^(last - j) became (1 - beta)^-j.
 * @param index j, the number of layers of the average before this one
 * @param tokens visual tokens that take part in the layer
 * @param into filled up to `tokens`
 */
export function fillRankTerms(
  { rankSlope, weight }: Pick<FusedRequest['average'], 'rankSlope' | 'weight'>,
  index: number,
  tokens: number,
  into: Float32Array,
): void {
  // A weight of 1 forgets all earlier layers; the smallest number stands for the zero whose logarithm does not exist.
  const share = Math.log(weight) - index * Math.log(Math.max(1 - weight, Number.MIN_VALUE))
  const weights = layerLogWeights(tokens, rankSlope)
  for (let rank = 0; rank < tokens; rank++) into[rank] = share + weights[rank]
}
