import { ranksByScore } from './topk.ts'

/** The small number in the denominator of the confidence; no paper version prints it, the code has 1e-8. */
export const CONFIDENCE_EPSILON = 1e-8

/** How much a layer's scores count: by how concentrated they are (in two ways), by how far they spread, or all alike. */
export type ConfidenceRule = 'entropy' | 'deviation' | 'normalised-entropy' | 'none'

/**
 * Rank weights of the layer level: sigma(-k rank) normalised to sum 1, rank 0 = highest score.
 * With k = 1 a weight is about e^-rank: float64 keeps all ranks below about 740 apart, float32 only those below about 100.
 * @param slope k; 0 gives every token the same weight
 */
export function rankWeights(scores: ArrayLike<number>, ids: ArrayLike<number>, slope: number): Float64Array {
  const ranks = ranksByScore(scores, ids)
  const weights = new Float64Array(ranks.length)
  let total = 0
  for (let i = 0; i < ranks.length; i++) {
    const small = Math.exp(-slope * ranks[i])
    weights[i] = small / (1 + small)
    total += weights[i]
  }
  return weights.map((weight) => weight / total)
}

/** Natural logarithms of {@link rankWeights} for n tokens, by rank: they stay apart where the weights themselves vanish. */
export function layerLogWeights(n: number, slope: number): Float64Array {
  const weights = new Float64Array(n)
  let total = 0
  for (let rank = 0; rank < n; rank++) {
    weights[rank] = -slope * rank - Math.log1p(Math.exp(-slope * rank))
    total += Math.exp(weights[rank])
  }
  return weights.map((weight) => weight - Math.log(total))
}

/** Entropy in nats of scores taken as a distribution (divided by their sum); all-zero scores count as uniform. */
export function scoreEntropy(scores: ArrayLike<number>): number {
  const total = sumOf(scores)
  if (total <= 0) return Math.log(Math.max(1, scores.length))
  let entropy = 0
  for (let i = 0; i < scores.length; i++) {
    const p = scores[i] / total
    if (p > 0) entropy -= p * Math.log(p)
  }
  return entropy
}

/**
 * Confidence of a layer: 1 / (H + eps) (paper v3), mean / (deviation + eps) (paper v1; population deviation),
 * 1 / (H / ln n + eps) over n scores (newer code; a single score has no entropy), or 1.
 * The scores are the attention of the surviving tokens, averaged over heads and rows.
 */
export function layerConfidence(scores: ArrayLike<number>, rule: ConfidenceRule): number {
  if (rule === 'none') return 1
  if (rule === 'entropy') return 1 / (scoreEntropy(scores) + CONFIDENCE_EPSILON)
  if (rule === 'normalised-entropy') {
    const share = scores.length > 1 ? scoreEntropy(scores) / Math.log(scores.length) : 0
    return 1 / (share + CONFIDENCE_EPSILON)
  }
  const mean = sumOf(scores) / scores.length
  let squares = 0
  for (let i = 0; i < scores.length; i++) squares += (scores[i] - mean) ** 2
  return mean / (Math.sqrt(squares / scores.length) + CONFIDENCE_EPSILON)
}

/**
 * One step of the moving average S = (1 - beta) S + beta s for the given tokens; all others keep their value.
 * @param average indexed by token id; not changed
 * @param scores s per entry of `ids`
 * @param weight beta
 */
export function updateAverage(
  average: Float64Array,
  ids: Int32Array,
  scores: Float64Array,
  weight: number,
): Float64Array {
  const next = average.slice()
  for (let i = 0; i < ids.length; i++) next[ids[i]] = (1 - weight) * average[ids[i]] + weight * scores[i]
  return next
}

/**
 * How many of n visual tokens a layer-level stage keeps: all but the lowest share, at least `minimum`, never more than n.
 * @param fixedTokens given where the share is taken of ALL tokens, though only visual ones can go (newer code): the kept
 *   count is then floor((1 - share) (n + fixed)) - fixed
 */
export function stageKeepCount(n: number, dropShare: number, minimum: number, fixedTokens?: number): number {
  if (fixedTokens !== undefined) {
    const rows = Math.floor((1 - dropShare) * (n + fixedTokens) + 1e-9)
    return Math.min(n, Math.max(rows - fixedTokens, minimum))
  }
  // A tenth of 30 must be 3 although 0.1 * 30 may fall just below it in binary.
  const dropped = Math.floor(n * dropShare + 1e-9)
  return Math.min(n, Math.max(n - dropped, minimum))
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum
}
