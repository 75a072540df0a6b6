import type { DecodedDecision, DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import { locateVisualToken } from '../../core/tokens/layout.ts'
import type { TokenLayout } from '../../core/tokens/layout.ts'

/** A token that was ranked beside the one in question. */
export interface Competitor {
  id: number
  /** For example "front 3, 12" (row, column, from 1). */
  place: string
  score: number
}

/** The tokens nearest in score in one decision, on both sides of its cut. */
export interface Competition {
  layer: number
  kept: readonly Competitor[]
  dropped: readonly Competitor[]
}

/** How many competitors are named on each side. */
const NAMED = 2

/**
 * The tokens that came closest to this one in the decision that settled its fate: the one that dropped it, or the last
 * one that kept it. The decision must have ranked it by a score.
 * @returns undefined where no decision ranked the token
 */
export function describeCompetition(id: number, query: DecodedQuery, layout: TokenLayout): Competition | undefined {
  const depth = query.depth[id]
  const decision = query.decisions.findLast(({ layer, score }) => layer <= depth && score && !Number.isNaN(score[id]))
  if (!decision?.score) return undefined
  const nearest = (kept: boolean) =>
    nearestTo(id, decision, kept).map((other) => ({
      id: other,
      place: describePlace(other, layout),
      score: (decision.score as Float32Array)[other],
    }))
  return { layer: decision.layer, kept: nearest(true), dropped: nearest(false) }
}

/** Ids on one side of the decision, nearest in score first; equal distances: the lower id first. */
function nearestTo(id: number, { score, keep }: DecodedDecision, kept: boolean): number[] {
  if (!score) return []
  const members = new Set(keep)
  const others: number[] = []
  score.forEach((value, other) => {
    if (other !== id && !Number.isNaN(value) && members.has(other) === kept) others.push(other)
  })
  const distance = (other: number) => Math.abs(score[other] - score[id])
  return others.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, NAMED)
}

/** A visual token's view, row and column for people, from 1. */
export function describePlace(id: number, layout: TokenLayout): string {
  const { view, row, column } = locateVisualToken(layout, id)
  return `${view} ${row + 1}, ${column + 1}`
}
