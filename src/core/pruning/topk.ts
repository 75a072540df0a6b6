/**
 * The one order of the project: higher score first, then lower token id; NaN counts as the lowest score.
 * @returns positions into `scores`, best first, so `order[0]` is the position of the best token.
 */
export function orderByScore(scores: ArrayLike<number>, ids: ArrayLike<number>): Int32Array {
  checkLengths(scores, ids)
  const order = Int32Array.from({ length: scores.length }, (_, position) => position)
  return order.sort((a, b) => {
    if (scores[a] === scores[b]) return ids[a] - ids[b]
    if (scores[a] > scores[b]) return -1
    if (scores[a] < scores[b]) return 1
    const missing = Number(Number.isNaN(scores[a])) - Number(Number.isNaN(scores[b]))
    return missing || ids[a] - ids[b]
  })
}

/**
 * The token ids of the k best scores, ties broken in favour of the lower id.
 * @param scores one per entry of `ids`; `ids` must not repeat but may stand in any order
 * @param k more than there are tokens means all of them, zero or less means none
 * @returns ascending token ids
 */
export function topK(scores: ArrayLike<number>, ids: ArrayLike<number>, k: number): Int32Array {
  const order = orderByScore(scores, ids).subarray(0, Math.max(0, Math.floor(k)))
  return order.map((position) => ids[position]).sort()
}

/**
 * Rank of every token, in the order of {@link orderByScore}.
 * @returns per entry of `scores`: 0 for the best, n - 1 for the worst
 */
export function ranksByScore(scores: ArrayLike<number>, ids: ArrayLike<number>): Int32Array {
  const ranks = new Int32Array(scores.length)
  orderByScore(scores, ids).forEach((position, rank) => (ranks[position] = rank))
  return ranks
}

/** @throws if there is not exactly one score per token. */
function checkLengths(scores: ArrayLike<number>, ids: ArrayLike<number>): void {
  if (scores.length !== ids.length) throw new Error(`${scores.length} scores for ${ids.length} tokens.`)
}
