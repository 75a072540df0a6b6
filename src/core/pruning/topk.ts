import { isTokenSet, lowerBound, tokenRange } from './sets.ts'

/**
 * Rank of every token in the one order of the project: higher score first, then lower token id. NaN counts as the lowest
 * score. Scores are sorted without a comparison function, which is several times faster than ordering tokens by one.
 * @param scores one per entry of `ids`
 * @param ids token ids, not repeating, in any order (ascending ones are the fastest)
 * @returns per entry of `scores`: 0 for the best, n - 1 for the worst
 */
export function ranksByScore(scores: ArrayLike<number>, ids: ArrayLike<number>): Int32Array {
  const n = scores.length
  if (n !== ids.length) throw new Error(`${n} scores for ${ids.length} tokens.`)
  const costs = new Float64Array(n)
  for (let i = 0; i < n; i++) costs[i] = Number.isNaN(scores[i]) ? Infinity : -scores[i]
  const sorted = costs.slice().sort()
  // Tokens with the same score take the ranks from `first` on, in the order of their ids.
  const taken = new Int32Array(n)
  const ranks = new Int32Array(n)
  const byId = positionsById(ids)
  for (let i = 0; i < n; i++) {
    const position = byId ? byId[i] : i
    const first = lowerBound(sorted, costs[position])
    ranks[position] = first + taken[first]++
  }
  return ranks
}

/** Positions into `scores`, best first, so `order[0]` is the position of the best token; see {@link ranksByScore}. */
export function orderByScore(scores: ArrayLike<number>, ids: ArrayLike<number>): Int32Array {
  const order = new Int32Array(scores.length)
  ranksByScore(scores, ids).forEach((rank, position) => (order[rank] = position))
  return order
}

/**
 * The token ids of the k best scores, ties broken in favour of the lower id; see {@link ranksByScore}.
 * @param k more than there are tokens means all of them, zero or less means none
 * @returns ascending token ids
 */
export function topK(scores: ArrayLike<number>, ids: ArrayLike<number>, k: number): Int32Array {
  const ranks = ranksByScore(scores, ids)
  const kept = new Int32Array(Math.max(0, Math.min(Math.floor(k), ids.length)))
  let length = 0
  for (let i = 0; i < ranks.length; i++) if (ranks[i] < kept.length) kept[length++] = ids[i]
  return kept.sort()
}

/** Positions in the order of their ids; undefined if the ids ascend already. */
function positionsById(ids: ArrayLike<number>): Int32Array | undefined {
  if (ids instanceof Int32Array && isTokenSet(ids)) return undefined
  return tokenRange(0, ids.length).sort((a, b) => ids[a] - ids[b])
}
