import { describe, expect, it } from 'vitest'
import { encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord } from '../../core/schema/runRecord.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { describePipeline } from './pipelineModel.ts'

const field = (...ids: number[]) => encodeIds(Int32Array.from(ids), 8)

function query(decisions: QueryRecord['decisions'], warmUp = false) {
  const record = { index: 0, step: 0, notes: { warmUp }, tokensPerLayer: [8, 8, 4, 4], decisions }
  return decodeQuery(record as unknown as QueryRecord, { layers: 4, visualTokens: 8 })
}

describe('describePipeline', () => {
  it('names the sets of a decision and what is left', () => {
    const sets = [
      { name: 'global', ids: field(0, 1) },
      { name: 'local:1', ids: field(1, 2, 3) },
    ]
    const { all, steps, budget } = describePipeline(query([{ layer: 2, keep: field(0, 1, 2, 3), sets }]))
    expect(all.count).toBe(8)
    expect(steps[0].sets.map(({ id, label, count }) => [id, label, count])).toEqual([
      ['2:global', 'global', 2],
      ['2:local:1', 'local 1', 3],
    ])
    expect(steps[0].stage).toMatchObject({ id: '2', label: 'L2', count: 4 })
    expect(budget).toBe(0.75)
  })

  it('does not repeat a decision that is one set', () => {
    const { steps } = describePipeline(
      query([{ layer: 3, keep: field(1), sets: [{ name: 'layer:3', ids: field(1) }] }]),
    )
    expect(steps[0].sets).toEqual([])
    expect(steps[0].stage.color).toBe('--set-layer')
  })

  it('says why nothing was removed', () => {
    expect(describePipeline(query([], true)).remark).toContain('no earlier query')
    expect(describePipeline(query([])).remark).toBe('keeps all')
  })
})
