import { hasToken, type TokenSet } from '../pruning/sets.ts'

/**
 * Relevance recall: the share of relevant tokens that were kept. What is relevant comes from elsewhere: the simulator
 * (patches that show the objects of the task) or the best tokens of the dense model's deep layers.
 * @returns 0 ... 1, or undefined if nothing is relevant
 */
export function relevanceRecall(kept: TokenSet, relevant: TokenSet): number | undefined {
  if (relevant.length === 0) return undefined
  return relevant.reduce((sum, id) => sum + Number(hasToken(kept, id)), 0) / relevant.length
}

/**
 * Weighted recall: the share of a weight (attention mass, visible pixels) that lies on kept tokens.
 * @param weights not negative, by token id
 * @returns 0 ... 1, or undefined if all weights are 0
 */
export function weightedRecall(kept: TokenSet, weights: ArrayLike<number>): number | undefined {
  let total = 0
  for (let id = 0; id < weights.length; id++) total += weights[id]
  return total > 0 ? kept.reduce((sum, id) => sum + weights[id], 0) / total : undefined
}
