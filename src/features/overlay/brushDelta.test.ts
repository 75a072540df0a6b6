import { describe, expect, it } from 'vitest'
import { encodeFloats } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { describeBrushDelta } from './brushDelta.ts'

const query = (step: number, x: number, left: number, ran = true) =>
  ({
    step,
    chunk: ran ? encodeFloats(Float32Array.of(x, 0, 0, 0, 0, 0, 1)) : '',
    tokensPerLayer: [8, left],
  }) as unknown as QueryRecord
const alone = { queries: [query(0, 0, 4), query(8, 0.4, 4)] } as unknown as RunRecord

describe('describeBrushDelta', () => {
  it('compares with the method alone at the same frame', () => {
    const delta = describeBrushDelta(query(8, 0.6, 6), alone, 1)
    expect(delta?.actions.translationMm).toBeCloseTo(5)
    expect(delta?.survivors).toEqual({ alone: 4, brushed: 6 })
  })

  it('is exactly nothing where the brush changed nothing', () => {
    expect(describeBrushDelta(query(8, 0.4, 4), alone, 1)?.actions.l1).toBe(0)
  })

  it('says nothing about a preview, another frame, or without the method alone', () => {
    expect(describeBrushDelta(query(8, 0, 4, false), alone, 1)).toBeUndefined()
    expect(describeBrushDelta(query(3, 0.4, 4), alone, 1)).toBeUndefined()
    expect(describeBrushDelta(query(8, 0.4, 4), undefined, 1)).toBeUndefined()
  })
})
