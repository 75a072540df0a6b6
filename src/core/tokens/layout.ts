import type { ViewId } from '../schema/observation.ts'

/** The patches of one view as a run of visual tokens, row-major. */
export interface VisualSegment {
  kind: 'visual'
  view: ViewId
  /** Token id of the top-left patch. */
  start: number
  rows: number
  columns: number
}

/** A run of tokens that are never pruned. */
export interface FixedSegment {
  kind: 'proprio' | 'text' | 'action'
  start: number
  count: number
}

export type Segment = VisualSegment | FixedSegment

/**
 * The unpruned token sequence as segments: all views first, then proprio, text and action queries.
 * A token id is an index into this sequence and the only index space of the project (docs/decisions/0001).
 */
export interface TokenLayout {
  segments: readonly Segment[]
  /** Length of the whole sequence. */
  length: number
}

/** Number of tokens of a segment. */
export function segmentLength(segment: Segment): number {
  return segment.kind === 'visual' ? segment.rows * segment.columns : segment.count
}

/** The visual segments in sequence order. */
export function visualSegments(layout: TokenLayout): VisualSegment[] {
  return layout.segments.filter((segment) => segment.kind === 'visual')
}

/** Number of visual tokens; they are the ids 0 ... count - 1. */
export function visualTokenCount(layout: TokenLayout): number {
  return visualSegments(layout).reduce((sum, segment) => sum + segmentLength(segment), 0)
}

/** The fixed segment of a kind. @throws if the layout has none. */
export function fixedSegment(layout: TokenLayout, kind: FixedSegment['kind']): FixedSegment {
  const found = layout.segments.find((segment): segment is FixedSegment => segment.kind === kind)
  if (!found) throw new Error(`The token layout has no ${kind} segment.`)
  return found
}

/** Where a visual token lies: its view and its patch row and column. @throws if the id is not visual. */
export function locateVisualToken(layout: TokenLayout, id: number): { view: ViewId; row: number; column: number } {
  for (const segment of visualSegments(layout)) {
    const offset = id - segment.start
    if (offset >= 0 && offset < segmentLength(segment)) {
      return { view: segment.view, row: Math.floor(offset / segment.columns), column: offset % segment.columns }
    }
  }
  throw new Error(`Token ${id} is not a visual token of this layout.`)
}

/**
 * The sequence of our policies: views of `rows` x `columns` patches, one proprio token, words, action queries.
 * @param words number of text tokens
 * @param queries number of action queries (the chunk length)
 */
export function createLayout(options: {
  views: readonly { view: ViewId; rows: number; columns: number }[]
  words: number
  queries: number
}): TokenLayout {
  const segments: Segment[] = []
  let start = 0
  for (const { view, rows, columns } of options.views) {
    segments.push({ kind: 'visual', view, start, rows, columns })
    start += rows * columns
  }
  const fixed = [
    ['proprio', 1],
    ['text', options.words],
    ['action', options.queries],
  ] as const
  for (const [kind, count] of fixed) {
    segments.push({ kind, start, count })
    start += count
  }
  return { segments, length: start }
}
