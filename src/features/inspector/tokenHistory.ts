import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { tokenSetStyle } from '../../ui/tokenSets.ts'

/** What happened to a token in one query. */
export interface HistoryEntry {
  index: number
  /** Frame of the query. */
  step: number
  /** Last layer that the token took part in, of `layers`. */
  depth: number
  layers: number
  /** Colour of the first set that kept it; undefined if no set did. */
  color: string | undefined
  /** The sets that kept it. */
  sets: readonly string[]
  /** Whether this is the query on the screen. */
  current: boolean
  /** For example "Frame 24: to layer 5 of 10; local 1 and dynamic". */
  title: string
}

/** How many queries are looked back at. */
const LOOK_BACK = 8

/** A token's way through the query on the screen and the ones before it, oldest first. */
export function describeHistory(id: number, run: RunRecord, current: QueryRecord): HistoryEntry[] {
  const at = run.queries.findIndex(({ index }) => index === current.index)
  if (at < 0) return []
  return run.queries.slice(Math.max(0, at - LOOK_BACK + 1), at + 1).map((record) => {
    const query = decodeQuery(record, run.model)
    const first = query.decisions.at(0)
    const members = (first?.sets ?? []).filter(({ ids }) => ids.includes(id)).map(({ name }) => tokenSetStyle(name))
    const sets = members.map(({ short }) => short)
    const depth = query.depth[id]
    const reached = depth === query.layers ? `kept to layer ${depth}` : `to layer ${depth} of ${query.layers}`
    return {
      index: record.index,
      step: record.step,
      depth,
      layers: query.layers,
      color: members.at(0)?.color,
      sets,
      current: record.index === current.index,
      title: `Frame ${record.step}: ${reached}${sets.length > 0 ? `; ${sets.join(' and ')}` : ''}`,
    }
  })
}

/** The history in one sentence, for example "In 3 of the last 8 queries kept to the last layer". */
export function summariseHistory(history: readonly HistoryEntry[]): string {
  const whole = history.filter(({ depth, layers }) => depth === layers).length
  const queries = history.length === 1 ? 'the first query' : `the last ${history.length} queries`
  if (whole === history.length)
    return `Kept to the last layer in ${history.length === 1 ? queries : `all of ${queries}`}`
  return `Kept to the last layer in ${whole} of ${queries}`
}
