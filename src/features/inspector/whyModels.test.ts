import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { createLayout } from '../../core/tokens/layout.ts'
import { describeCompetition } from './competitors.ts'
import { describeHistory, summariseHistory } from './tokenHistory.ts'

const layout = createLayout({
  views: [
    { view: 'front', rows: 2, columns: 2 },
    { view: 'wrist', rows: 2, columns: 2 },
  ],
  words: 1,
  queries: 1,
})
const model = { layers: 4, visualTokens: 8 }
const nan = Number.NaN
const field = (...ids: number[]) => encodeIds(Int32Array.from(ids), 8)

function record(index: number, keep: number[], score?: number[]): QueryRecord {
  const decision = {
    layer: 2,
    keep: field(...keep),
    sets: [{ name: 'local:1', ids: field(...keep) }],
    ...(score ? { score: encodeFloats(Float32Array.from(score)) } : {}),
  }
  return {
    index,
    step: index * 8,
    tokensPerLayer: [8, 8, 4, 4],
    decisions: [decision],
    notes: {},
  } as unknown as QueryRecord
}

describe('describeCompetition', () => {
  const scores = [0.9, 0.5, 0.45, 0.1, 0.52, nan, 0.3, 0.48]
  const query = decodeQuery(record(0, [0, 1, 4], scores), model)

  it('names the tokens nearest in score on both sides of the cut', () => {
    const competition = describeCompetition(1, query, layout)
    expect(competition?.kept.map(({ id }) => id)).toEqual([4, 0])
    expect(competition?.dropped.map(({ id }) => id)).toEqual([7, 2])
    expect(competition?.dropped[0].place).toBe('wrist 2, 2')
    expect(competition?.layer).toBe(2)
  })

  it('leaves the token itself and absent tokens out', () => {
    const competition = describeCompetition(7, query, layout)
    const named = [...(competition?.kept ?? []), ...(competition?.dropped ?? [])].map(({ id }) => id)
    expect(named).not.toContain(7)
    expect(named).not.toContain(5)
  })

  it('has nothing to say where no score ranked the token', () => {
    expect(describeCompetition(5, query, layout)).toBeUndefined()
    expect(describeCompetition(1, decodeQuery(record(0, [0, 1]), model), layout)).toBeUndefined()
  })
})

describe('describeHistory', () => {
  const queries = Array.from({ length: 11 }, (_, i) => record(i, i % 2 === 0 ? [1, 2] : [2]))
  const run = { queries, model } as unknown as RunRecord

  it('looks back over eight queries and ends at the one on the screen', () => {
    const history = describeHistory(1, run, queries[9])
    expect(history.map(({ index }) => index)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    expect(history.at(-1)).toMatchObject({ current: true, depth: 2, sets: [] })
    expect(history.at(-2)).toMatchObject({ depth: 4, sets: ['local 1'], title: 'Frame 64: kept to layer 4; local 1' })
    expect(summariseHistory(history)).toBe('Kept to the last layer in 4 of the last 8 queries')
  })

  it('is as long as the run was until then', () => {
    expect(describeHistory(2, run, queries[1])).toHaveLength(2)
    expect(summariseHistory(describeHistory(2, run, queries[1]))).toBe(
      'Kept to the last layer in all of the last 2 queries',
    )
    expect(summariseHistory(describeHistory(1, run, queries[0]))).toBe('Kept to the last layer in the first query')
  })
})
