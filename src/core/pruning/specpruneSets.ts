import type { ControllerMode, QueryInput } from './contract.ts'
import { patchCosine } from './patchSimilarity.ts'
import { scaleCount } from './scaling.ts'
import { differenceOf, hasToken, unionOf, type TokenSet } from './sets.ts'
import type { SpecpruneValues } from './specpruneParameters.ts'
import { topK } from './topk.ts'
import { topKPerView, type ViewTokens } from './views.ts'

/**
 * Tokens whose patches changed most against earlier images: of those with a cosine below the threshold the
 * `dynamicTokens` (per 256-token view) with the lowest cosine, in each view by itself.
 */
export function dynamicSet(
  views: readonly ViewTokens[],
  current: QueryInput['observation']['images'],
  earlier: QueryInput['observation']['images'],
  values: Pick<SpecpruneValues, 'dynamicTokens' | 'similarityThreshold'>,
): TokenSet {
  const parts = views.map(({ view, start, count, rows, columns }) => {
    const similarity = patchCosine(current[view], earlier[view], rows, columns)
    const changed: number[] = []
    const change: number[] = []
    similarity.forEach((cosine, patch) => {
      if (cosine >= values.similarityThreshold) return
      changed.push(start + patch)
      change.push(-cosine)
    })
    return topK(change, changed, scaleCount(values.dynamicTokens, count))
  })
  return unionOf(...parts)
}

/** Best tokens of a local layer, in each view by itself; fine mode takes more. */
export function localSet(
  views: readonly ViewTokens[],
  ids: TokenSet,
  scores: Float32Array,
  mode: ControllerMode,
  values: Pick<SpecpruneValues, 'alpha' | 'localTokens' | 'localTokensFine'>,
): TokenSet {
  const per256 = values.alpha * (mode === 'fine' ? values.localTokensFine : values.localTokens)
  return topKPerView(views, ids, scores, (view) => scaleCount(per256, view.count))
}

/**
 * What one global layer hands to the next query, in each view by itself.
 * @param layers number of global layers, among which a `shared` K is divided (rounded down, at least 1 each)
 */
export function globalSet(
  views: readonly ViewTokens[],
  ids: TokenSet,
  scores: Float32Array,
  layers: number,
  values: Pick<SpecpruneValues, 'globalTokens' | 'globalCombine'>,
): TokenSet {
  return topKPerView(views, ids, scores, (view) => {
    const count = scaleCount(values.globalTokens, view.count)
    if (values.globalCombine === 'each' || count === 0) return count
    return Math.max(1, Math.floor(count / layers))
  })
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
