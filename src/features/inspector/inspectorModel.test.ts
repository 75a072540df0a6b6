import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord } from '../../core/schema/runRecord.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { createLayout } from '../../core/tokens/layout.ts'
import { describeToken, rankIn } from './inspectorModel.ts'

const layout = createLayout({
  views: [
    { view: 'front', rows: 2, columns: 2 },
    { view: 'wrist', rows: 2, columns: 2 },
  ],
  words: 1,
  queries: 1,
})
const field = (...ids: number[]) => encodeIds(Int32Array.from(ids), 8)
const nan = Number.NaN

const record = {
  index: 1,
  step: 8,
  notes: {},
  tokensPerLayer: [8, 8, 4, 3],
  decisions: [
    {
      layer: 2,
      keep: field(0, 1, 2, 5),
      sets: [
        { name: 'global', ids: field(0, 1) },
        { name: 'local:1', ids: field(2, 5) },
        { name: 'dynamic', ids: field(5) },
      ],
      score: encodeFloats(Float32Array.of(0.8, 0.1, 0.3, 0.4, 0.2, 0.7, 0.1, 0.1)),
    },
    {
      layer: 3,
      keep: field(0, 2, 5),
      sets: [{ name: 'layer:3', ids: field(0, 2, 5) }],
      score: encodeFloats(Float32Array.of(0.8, 0.1, 0.3, nan, nan, 0.7, nan, nan)),
    },
  ],
  scores: [{ layer: 1, rows: 'text', values: encodeFloats(Float32Array.of(0.1, 0.2, 0.4, 0.3, 0.1, 0.5, 0.2, 0.2)) }],
} as unknown as QueryRecord

const query = decodeQuery(record, { layers: 4, visualTokens: 8 })

describe('describeToken', () => {
  it('says which sets kept a token and by what rank', () => {
    const story = describeToken(5, query, layout, { rows: 'text' })
    expect(story).toMatchObject({ row: 1, column: 2, survived: true, fate: 'Kept to the last layer, 4' })
    expect(story.segment.view).toBe('wrist')
    expect(story.sets.map(({ name, member }) => [name, member])).toEqual([
      ['global', false],
      ['local:1', true],
      ['dynamic', true],
    ])
    expect(story.sets[1].reason).toBe('score 0.500, rank 1 of 4; K = 1')
  })

  it('follows a token to the decision that dropped it, with the cut', () => {
    const story = describeToken(1, query, layout, { rows: 'text' })
    expect(story.fate).toBe('Dropped after layer 3, stage 2 of 2')
    expect(story.decisions.map(({ layer, kept }) => [layer, kept])).toEqual([
      [2, true],
      [3, false],
    ])
    expect(story.decisions[1].reason).toBe('score 0.100, rank 4 of 4; cut at 0.300, 3 kept')
  })

  it('names no cut where sets, not the score, decided', () => {
    const story = describeToken(3, query, layout, { rows: 'text' })
    expect(story.fate).toBe('Dropped after layer 2, in no set')
    expect(story.decisions[0].reason).toBe('score 0.400, rank 3 of 8; 4 kept')
  })

  it('speaks place, fate and sets in one sentence', () => {
    const { spoken } = describeToken(5, query, layout, { rows: 'text' })
    expect(spoken).toBe('wrist, row 1, column 2: kept to the last layer, 4, in local 1 and dynamic')
  })
})

describe('rankIn', () => {
  it('gives ties to the lower id and leaves absent tokens out', () => {
    const values = Float32Array.of(0.5, nan, 0.5, 0.9)
    expect(rankIn(values, 0, 0, 4)).toEqual({ rank: 2, of: 3 })
    expect(rankIn(values, 2, 0, 4)).toEqual({ rank: 3, of: 3 })
    expect(rankIn(values, 1, 0, 4)).toBeUndefined()
  })
})
