import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../schema/base64.ts'
import type { QueryRecord } from '../schema/runRecord.ts'
import { decodeQuery, survivorsAfter } from './decodedQuery.ts'

const model = { layers: 4, visualTokens: 16 }

function record(decisions: { layer: number; keep: number[] }[]): QueryRecord {
  return {
    index: 0,
    step: 0,
    replan: false,
    notes: {},
    chunk: '',
    tokensPerLayer: [16, 16, 8, 4],
    decisions: decisions.map(({ layer, keep }) => {
      const ids = encodeIds(Int32Array.from(keep), model.visualTokens)
      return { layer, keep: ids, sets: [{ name: 'global', ids }] }
    }),
    scores: [{ layer: 2, rows: 'text', values: encodeFloats(Float32Array.of(0.5, Number.NaN)) }],
    latencyMs: 1,
    stagesMs: { observe: 0, select: 0, embed: 0, layers: 0, head: 0 },
  }
}

describe('decodeQuery', () => {
  it('gives every token the layer that it was last part of', () => {
    const query = decodeQuery(
      record([
        { layer: 2, keep: [1, 2, 3] },
        { layer: 3, keep: [3] },
      ]),
      model,
    )
    expect([...query.depth.slice(0, 5)]).toEqual([2, 3, 3, 4, 2])
  })

  it('keeps everything when nothing was decided', () => {
    const query = decodeQuery(record([]), model)
    expect(new Set(query.depth)).toEqual(new Set([4]))
    expect(survivorsAfter(query, 4)).toHaveLength(16)
  })

  it('gives depth 0 to what was removed before layer 1', () => {
    expect(decodeQuery(record([{ layer: 0, keep: [5] }]), model).depth[4]).toBe(0)
  })

  it('answers who is left after a layer', () => {
    const query = decodeQuery(
      record([
        { layer: 2, keep: [1, 2, 3] },
        { layer: 3, keep: [3] },
      ]),
      model,
    )
    expect(survivorsAfter(query, 1)).toHaveLength(16)
    expect([...survivorsAfter(query, 2)]).toEqual([1, 2, 3])
    expect([...survivorsAfter(query, 4)]).toEqual([3])
  })

  it('unpacks scores once and knows their layers', () => {
    const query = decodeQuery(record([]), model)
    expect(query.scoreLayers('text')).toEqual([2])
    expect(query.scoreLayers('action')).toEqual([])
    expect(query.scores(2, 'text')).toBe(query.scores(2, 'text'))
    expect(query.scores(3, 'text')).toBeUndefined()
  })
})
