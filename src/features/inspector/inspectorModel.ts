import type { ScoreRows } from '../../core/pruning/contract.ts'
import type { DecodedDecision, DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import { segmentLength, visualSegments } from '../../core/tokens/layout.ts'
import type { TokenLayout, VisualSegment } from '../../core/tokens/layout.ts'
import { formatScore } from '../../ui/format.ts'
import { tokenSetStyle } from '../../ui/tokenSets.ts'

/** Place of a token among those that were ranked with it; 1 is best. */
export interface Rank {
  rank: number
  of: number
}

/** What one set did with the token. */
export interface SetRow {
  name: string
  title: string
  color: string
  member: boolean
  /** What decided, for example "rank 12 of 256 in this view, K = 24". */
  reason: string
}

/** What one decision did with the token. */
export interface DecisionRow {
  layer: number
  kept: boolean
  reason: string
}

export interface TokenStory {
  id: number
  segment: VisualSegment
  row: number
  column: number
  survived: boolean
  /** For example "Dropped after layer 2, by the action level". */
  fate: string
  sets: readonly SetRow[]
  decisions: readonly DecisionRow[]
  /** Attention in the chosen layer, if it was recorded. */
  score: (Rank & { layer: number; value: number; forward: string }) | undefined
  /** One sentence for screen readers. */
  spoken: string
}

export interface StoryExtras {
  /** Rows whose attention the story quotes. */
  rows: ScoreRows
  /** Attention per token id in the overlay's layer, with the forward that it comes from. */
  attention?: { layer: number; values: Float32Array; forward: 'pruned' | 'dense' }
  /** Cosine of each patch with the frame that the dynamic set looked back to, and how far back that was. */
  change?: { cosine: Float32Array; stepsBack: number }
}

/** Why a token is where it is. */
export function describeToken(id: number, query: DecodedQuery, layout: TokenLayout, extras: StoryExtras): TokenStory {
  const segment = segmentOf(layout, id)
  const offset = id - segment.start
  const row = Math.floor(offset / segment.columns) + 1
  const column = (offset % segment.columns) + 1
  const survived = query.depth[id] === query.layers
  const fate = fateOf(id, query)
  const sets = setRows(id, query, segment, extras)
  const rank = extras.attention && rankIn(extras.attention.values, id, 0, query.visualTokens)
  const members = sets.filter((set) => set.member).map((set) => set.title)
  const ranked = rank ? `, rank ${rank.rank} of ${rank.of}` : ''
  const reasons = members.length > 0 ? `, in ${members.join(' and ')}` : ''
  return {
    id,
    segment,
    row,
    column,
    survived,
    fate,
    sets,
    decisions: decisionRows(id, query),
    score: rank &&
      extras.attention && {
        ...rank,
        layer: extras.attention.layer,
        value: extras.attention.values[id],
        forward: extras.attention.forward,
      },
    spoken: `${segment.view}, row ${row}, column ${column}: ${fate.toLowerCase()}${reasons}${ranked}`,
  }
}

function fateOf(id: number, query: DecodedQuery): string {
  const depth = query.depth[id]
  if (depth === query.layers) {
    return query.decisions.length > 0 ? `Kept to the last layer, ${query.layers}` : 'Kept: nothing was dropped'
  }
  const index = query.decisions.findIndex((decision) => decision.layer === depth)
  const when = depth === 0 ? 'Dropped before layer 1' : `Dropped after layer ${depth}`
  if (query.decisions.length < 2) return when
  return `${when}, ${index === 0 ? 'in no set' : `stage ${index + 1} of ${query.decisions.length}`}`
}

function setRows(id: number, query: DecodedQuery, segment: VisualSegment, extras: StoryExtras): SetRow[] {
  const first = query.decisions.at(0)
  if (!first || first.sets.length < 2) return []
  return first.sets.map(({ name, ids }) => {
    const { short: title, color } = tokenSetStyle(name)
    const inView = ids.filter((other) => other >= segment.start && other < segment.start + segmentLength(segment))
    const reason = setReason(name, id, query, segment, inView.length, extras)
    return { name, title, color, member: ids.includes(id), reason }
  })
}

function setReason(
  name: string,
  id: number,
  query: DecodedQuery,
  segment: VisualSegment,
  size: number,
  { rows, change }: StoryExtras,
): string {
  const end = segment.start + segmentLength(segment)
  const kept = `${size} kept in this view`
  const [kind, layer] = name.split(':')
  if (kind === 'local') {
    const scores = query.scores(Number(layer), rows)
    const rank = scores && rankIn(scores, id, segment.start, end)
    if (rank) return `score ${formatScore(scores[id])}, rank ${rank.rank} of ${rank.of}; K = ${size}`
  }
  if (kind === 'dynamic' && change) {
    const negated = change.cosine.map((value) => -value)
    const rank = rankIn(negated, id, segment.start, end)
    const place = rank ? `, change rank ${rank.rank}; ` : '; '
    return `cosine ${change.cosine[id].toFixed(4)} over ${change.stepsBack} frames${place}${kept}`
  }
  if (kind === 'global') return `from the previous query; ${kept}`
  return kept
}

function decisionRows(id: number, query: DecodedQuery): DecisionRow[] {
  const rows: DecisionRow[] = []
  for (const decision of query.decisions) {
    if (query.depth[id] < decision.layer) break
    rows.push({ layer: decision.layer, kept: decision.keep.includes(id), reason: decisionReason(id, decision) })
  }
  return rows
}

function decisionReason(id: number, { score, keep }: DecodedDecision): string {
  if (!score) return `${keep.length} kept`
  const rank = rankIn(score, id, 0, score.length)
  if (!rank) return `${keep.length} kept`
  const cut = cutOf(score, keep)
  const threshold = cut === undefined ? `; ${keep.length} kept` : `; cut at ${formatScore(cut)}, ${keep.length} kept`
  return `score ${formatScore(score[id])}, rank ${rank.rank} of ${rank.of}${threshold}`
}

/** The lowest score that was kept, if the decision followed its scores; sets may keep tokens for other reasons. */
function cutOf(score: Float32Array, keep: Int32Array): number | undefined {
  const kept = new Set(keep)
  let lowestKept = Number.POSITIVE_INFINITY
  let highestDropped = Number.NEGATIVE_INFINITY
  score.forEach((value, id) => {
    if (Number.isNaN(value)) return
    if (kept.has(id)) lowestKept = Math.min(lowestKept, value)
    else highestDropped = Math.max(highestDropped, value)
  })
  return lowestKept >= highestDropped && Number.isFinite(lowestKept) ? lowestKept : undefined
}

/** Rank of a token among ids `from` ... `to - 1` that have a value; undefined if it has none itself. */
export function rankIn(values: Float32Array, id: number, from: number, to: number): Rank | undefined {
  const own = values[id]
  if (Number.isNaN(own)) return undefined
  let better = 0
  let of = 0
  for (let other = from; other < to; other++) {
    const value = values[other]
    if (Number.isNaN(value)) continue
    of++
    // Ties go to the lower id, as in the selectors.
    if (value > own || (value === own && other < id)) better++
  }
  return { rank: better + 1, of }
}

function segmentOf(layout: TokenLayout, id: number): VisualSegment {
  const segments = visualSegments(layout)
  return segments.find((segment) => id < segment.start + segmentLength(segment)) ?? segments[segments.length - 1]
}
