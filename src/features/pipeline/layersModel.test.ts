import { describe, expect, it } from 'vitest'
import { encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { describeLayers } from './layersModel.ts'

const model = { layers: 4, width: 2, feedForward: 4, visualTokens: 8, fixedTokens: 2 }
const keep = encodeIds(Int32Array.of(0, 1, 2), 8)

function queryOf(tokensPerLayer: number[], overrides: Partial<QueryRecord> = {}): QueryRecord {
  const decisions = [{ layer: 2, keep, sets: [] }]
  return { tokensPerLayer, decisions, latencyMs: 5, ...overrides } as unknown as QueryRecord
}

const runOf = (...queries: QueryRecord[]) => ({ model, queries }) as unknown as RunRecord

describe('describeLayers', () => {
  it('counts what ran: length, what left before each layer, multiply-accumulates', () => {
    const query = queryOf([8, 8, 3, 3])
    const { rows, macs, denseMacs, expectedGain } = describeLayers(runOf(query), query, 'remove')
    expect(rows.map(({ length, removed, masked }) => [length, removed, masked])).toEqual([
      [10, 0, 0],
      [10, 0, 0],
      [5, 5, 0],
      [5, 0, 0],
    ])
    // (4 * 4 + 2 * 2 * 4) T + 2 * 2 T^2: 320 + 400 for ten tokens, 160 + 100 for five.
    expect(rows.map((row) => row.macs)).toEqual([720, 720, 260, 260])
    expect(macs).toBe(1960)
    expect(denseMacs).toBe(2880)
    expect(expectedGain).toBeCloseTo(2880 / 1960)
    expect(rows[2].share).toBeCloseTo(260 / 720)
  })

  it('says that masking saves nothing, and how many are only masked', () => {
    const query = queryOf([8, 8, 8, 8])
    const { rows, expectedGain, remark } = describeLayers(runOf(query), query, 'mask')
    expect(rows.map(({ masked }) => masked)).toEqual([0, 0, 5, 5])
    expect(expectedGain).toBe(1)
    expect(remark).toContain('masking does not save time here')
  })

  it('measures the gain over the queries that were timed both ways', () => {
    const timed = queryOf([8, 8, 3, 3], { denseLatencyMs: 12 })
    expect(describeLayers(runOf(timed, queryOf([8, 8, 3, 3])), timed, 'remove').measuredGain).toBeCloseTo(2.4)
    const untimed = queryOf([8, 8, 3, 3])
    expect(describeLayers(runOf(untimed), untimed, 'remove').measuredGain).toBeUndefined()
  })
})
