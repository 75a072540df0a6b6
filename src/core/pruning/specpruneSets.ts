import type { ControllerMode, KeepSet, QueryInput } from './contract.ts'
import { patchCosine } from './patchSimilarity.ts'
import { scaleCount } from './scaling.ts'
import { differenceOf, hasToken, lowerBound, tokenRange, toTokenSet, unionOf, type TokenSet } from './sets.ts'
import type { SpecpruneValues } from './specpruneParameters.ts'
import { orderByScore, topK } from './topk.ts'
import type { ViewTokens } from './views.ts'

/** Tokens of one view in the order in which a set takes them, and how many it takes. */
export interface RankedSet {
  /** Name of the set that it is a part of. */
  name: string
  view: ViewTokens
  /** Best first. */
  ids: Int32Array
  count: number
}

/** Attention of one layer over the tokens that took part in it. */
export interface ScoredTokens {
  layer: number
  ids: TokenSet
  scores: Float32Array
}

/** Scales are counted in sixteenths: 16 takes every set as it is set. */
export const FULL_SCALE = 16

/** Cosine of every visual token's patch with an earlier image, by token id. */
export function similarityOf(
  views: readonly ViewTokens[],
  current: QueryInput['observation']['images'],
  earlier: QueryInput['observation']['images'],
): Float64Array {
  const similarity = new Float64Array(views.reduce((sum, view) => sum + view.count, 0))
  for (const { view, start, rows, columns } of views) {
    similarity.set(patchCosine(current[view], earlier[view], rows, columns), start)
  }
  return similarity
}

/**
 * Tokens whose patches changed most, in each view by itself. Rule `lowest` (paper): of those with a cosine below the threshold
 * the K_D with the lowest cosine. Rule `drop-similar` (code): all below the threshold, at least K_D.
 * @param similarity by token id
 */
export function dynamicRanking(
  views: readonly ViewTokens[],
  similarity: Float64Array,
  mode: ControllerMode,
  values: SpecpruneValues,
): RankedSet[] {
  return views.map((view) => {
    const isWrist = view.view === 'wrist'
    const threshold = (isWrist && values.similarityThresholdWrist) || values.similarityThreshold
    const scale = (isWrist ? values.dynamicWristScale : 1) * (mode === 'fine' ? values.dynamicFineScale : 1)
    const size = scaleCount(scale * values.dynamicTokens, view.count)
    const cosines = similarity.subarray(view.start, view.start + view.count)
    const order = orderByScore(
      cosines.map((cosine) => -cosine),
      tokenRange(0, view.count),
    )
    const below = cosines.reduce((sum, cosine) => sum + Number(cosine < threshold), 0)
    const ids = order.map((i) => view.start + i)
    return values.dynamicRule === 'lowest'
      ? { name: 'dynamic', view, ids: ids.subarray(0, below), count: Math.min(below, size) }
      : { name: 'dynamic', view, ids, count: Math.min(ids.length, Math.max(below, size)) }
  })
}

/** Tokens that a local layer takes in one view; fine mode takes another number. */
export function localCount(view: ViewTokens, mode: ControllerMode, alpha: number, values: SpecpruneValues): number {
  const per256 = alpha * (mode === 'fine' ? values.localTokensFine : values.localTokens)
  return scaleCount(per256 * (view.view === 'wrist' ? values.wristShare : 1), view.count)
}

/**
 * Tokens that one global layer hands on in one view. A `shared` K is divided among the layers, rounded down, at least 1 each.
 * @param mode of the query whose scores are inherited
 * @param layers number of global layers
 */
export function globalCount(
  view: ViewTokens,
  mode: ControllerMode,
  alpha: number,
  layers: number,
  values: SpecpruneValues,
): number {
  const own = () => scaleCount(values.globalTokens * (view.view === 'wrist' ? values.wristShare : 1), view.count)
  const count = values.globalSize === 'own' ? own() : localCount(view, mode, alpha, values)
  if (values.globalCombine === 'each' || count === 0) return count
  return Math.max(1, Math.floor(count / layers))
}

/** The tokens of one layer in each view by itself, by attention. */
export function attentionRanking(
  name: string,
  views: readonly ViewTokens[],
  { ids, scores }: ScoredTokens,
  countOf: (view: ViewTokens) => number,
): RankedSet[] {
  return views.map((view) => {
    const from = lowerBound(ids, view.start)
    const to = lowerBound(ids, view.start + view.count)
    const order = orderByScore(scores.subarray(from, to), ids.subarray(from, to))
    const ranked = order.map((i) => ids[from + i])
    return { name, view, ids: ranked, count: Math.min(ranked.length, countOf(view)) }
  })
}

/** What a ranked set takes at a scale: floor(K scale / 16), as far as there are tokens. */
function taken({ ids, count }: RankedSet, scale: number): Int32Array {
  return ids.subarray(0, Math.floor((count * scale) / FULL_SCALE))
}

/**
 * The named sets of ranked ones, in the order of their names' first appearance.
 * @param scaleOf scale of a view's sets
 * @param present tokens that are still there
 */
export function takeSets(
  ranked: readonly RankedSet[],
  scaleOf: (view: ViewTokens) => number,
  present: TokenSet,
): KeepSet[] {
  const names = [...new Set(ranked.map(({ name }) => name))]
  return names.map((name) => {
    const parts = ranked.filter((set) => set.name === name).map((set) => taken(set, scaleOf(set.view)))
    return { name, ids: unionOf(...parts.map(toTokenSet)).filter((id) => hasToken(present, id)) }
  })
}

/**
 * The largest scale at which the union of a view's sets has at most `quota` tokens; found by halving, because a union never
 * shrinks with the scale. At the largest scale that is looked at every set takes all it has.
 */
export function largestScale(ranked: readonly RankedSet[], quota: number, present: TokenSet): number {
  const sizeAt = (scale: number) =>
    unionOf(...ranked.map((set) => toTokenSet(taken(set, scale)))).filter((id) => hasToken(present, id)).length
  let low = 0
  let high = FULL_SCALE * Math.max(1, ...ranked.map(({ ids }) => ids.length))
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (sizeAt(middle) <= quota) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Fills a union up to a minimum with the best of the other survivors.
 * @param scores one per entry of `ids`
 * @param union a subset of `ids`
 * @returns the tokens added; empty when the union is large enough
 */
export function fillToMinimum(ids: TokenSet, scores: Float32Array, union: TokenSet, minimum: number): TokenSet {
  const missing = minimum - union.length
  if (missing <= 0) return new Int32Array()
  const others = differenceOf(ids, union)
  const otherScores = scores.filter((_, i) => !hasToken(union, ids[i]))
  return topK(otherScores, others, missing)
}
