import type { ViewId } from '../schema/observation.ts'
import { segmentLength, visualSegments, type TokenLayout } from '../tokens/layout.ts'
import { lowerBound, unionOf, type TokenSet } from './sets.ts'
import { topK } from './topk.ts'

/** The tokens of one view as a range of ids. */
export interface ViewTokens {
  view: ViewId
  start: number
  count: number
  rows: number
  columns: number
}

/** The views of a layout as ranges of token ids, in sequence order. */
export function viewsOf(layout: TokenLayout): ViewTokens[] {
  return visualSegments(layout).map((segment) => ({
    view: segment.view,
    start: segment.start,
    count: segmentLength(segment),
    rows: segment.rows,
    columns: segment.columns,
  }))
}

/**
 * The best tokens of every view by themselves, joined.
 * @param ids surviving visual tokens, ascending
 * @param scores one per entry of `ids`
 * @param countOf how many to take of a view
 */
export function topKPerView(
  views: readonly ViewTokens[],
  ids: TokenSet,
  scores: Float32Array,
  countOf: (view: ViewTokens) => number,
): TokenSet {
  const parts = views.map((view) => {
    const from = lowerBound(ids, view.start)
    const to = lowerBound(ids, view.start + view.count)
    return topK(scores.subarray(from, to), ids.subarray(from, to), countOf(view))
  })
  return unionOf(...parts)
}
