import { describe, expect, it } from 'vitest'
import { encodeFloats, encodeIds } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { compareAt, compareRuns, planDifference, summariseComparison } from './compareModel.ts'

const model = { layers: 4, visualTokens: 8 }
const field = (ids: number[]) => encodeIds(Int32Array.from(ids), 8)

/** A chunk of two actions that only move along x, by `x` and `x + 0.1`. */
function chunk(x: number, gripper = 1): string {
  return encodeFloats(Float32Array.of(x, 0, 0, 0, 0, 0, gripper, x + 0.1, 0, 0, 0, 0, 0, gripper))
}

function query(index: number, step: number, keep: number[], text: string): QueryRecord {
  const decisions = [{ layer: 2, keep: field(keep), sets: [] }]
  return { index, step, decisions, chunk: text, notes: {}, tokensPerLayer: [8, 8, 4, 4] } as unknown as QueryRecord
}

const runOf = (...queries: QueryRecord[]) => ({ model, queries, executeSteps: 2 }) as unknown as RunRecord
const a = runOf(query(0, 0, [0, 1, 2], chunk(0)), query(1, 2, [0, 1], chunk(0.5)))
const b = runOf(query(0, 0, [1, 2, 3], chunk(0.2)), query(1, 1, [0, 1], chunk(0.5, -1)))

describe('compareAt', () => {
  it('takes the queries that govern the frame apart', () => {
    const first = compareAt(a, b, 0, 4)
    expect([...(first?.both ?? [])]).toEqual([1, 2])
    expect([...(first?.onlyA ?? [])]).toEqual([0])
    expect([...(first?.onlyB ?? [])]).toEqual([3])
    expect(first?.jaccard).toBe(0.5)
    expect(compareAt(a, b, 2, 4)?.jaccard).toBe(1)
  })

  it('sees no difference before anything was removed', () => {
    expect(compareAt(a, b, 0, 1)?.jaccard).toBe(1)
  })
})

describe('compareRuns', () => {
  const frames = compareRuns(a, b, 5, 4)

  it('compares the actions that both predict for the same frame, also from different queries', () => {
    // Frame 0: x 0 and 0.2 are 0.2 * 25 mm apart. Frame 1: 0.1 of A's first query and 0.5 of B's second.
    expect(frames[0].translationMm).toBeCloseTo(5)
    expect(frames[1].translationMm).toBeCloseTo(10)
    expect(frames[1].sameGripper).toBe(false)
    expect(frames[0].sameGripper).toBe(true)
  })

  it('compares nothing where a chunk does not reach', () => {
    expect(frames[3].translationMm).toBeUndefined()
    expect(frames[4].jaccard).toBe(1)
  })

  it('sums up over the frames that have numbers', () => {
    const summary = summariseComparison(frames)
    expect(summary.worstFrame).toBe(1)
    expect(summary.maxTranslationMm).toBeCloseTo(10)
    expect(summary.gripperAgreement).toBeCloseTo(1 / 3)
  })

  it('is all zero for a run against itself', () => {
    const summary = summariseComparison(compareRuns(a, a, 4, 4))
    expect(summary).toMatchObject({ meanJaccard: 1, maxTranslationMm: 0, gripperAgreement: 1, worstFrame: undefined })
  })
})

describe('planDifference', () => {
  it('gives every group its own colour and shape', () => {
    const comparison = compareAt(a, b, 0, 4)
    if (!comparison) throw new Error('no comparison')
    const { states, masks, sets } = planDifference(comparison, 8)
    expect(states).toEqual(['kept', 'kept', 'kept', 'kept', ...new Array<string>(4).fill('dropped-first')])
    expect([...masks.slice(0, 4)]).toEqual([2, 1, 1, 4])
    expect(sets.map(({ count, mark }) => [count, mark])).toEqual([
      [2, undefined],
      [1, 'dot'],
      [1, 'ring'],
    ])
    expect(new Set(sets.map(({ color }) => color)).size).toBe(3)
  })
})
