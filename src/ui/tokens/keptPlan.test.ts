import { describe, expect, it } from 'vitest'
import { survivalDepth, type DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import { keptPlan } from './keptPlan.ts'

const ids = (...values: number[]) => Int32Array.from(values)

function query(decisions: DecodedQuery['decisions']): DecodedQuery {
  const model = { layers: 4, visualTokens: 4 }
  return {
    ...model,
    decisions,
    depth: survivalDepth(decisions, model),
    record: {} as DecodedQuery['record'],
    scoreLayers: () => [],
    scores: () => undefined,
  }
}

describe('keptPlan', () => {
  it('keeps all without decisions', () => {
    expect(keptPlan(query([]))).toMatchObject({ states: ['kept', 'kept', 'kept', 'kept'], sets: [] })
  })

  it('tells apart what went first and what went later, and counts the sets of what stayed', () => {
    const plan = keptPlan(
      query([
        {
          layer: 2,
          keep: ids(0, 1, 2),
          sets: [
            { name: 'global', ids: ids(0, 1) },
            { name: 'local:1', ids: ids(1, 2) },
          ],
          score: undefined,
        },
        { layer: 3, keep: ids(0, 1), sets: [{ name: 'layer:3', ids: ids(0, 1) }], score: undefined },
      ]),
    )
    expect(plan.states).toEqual(['kept', 'kept', 'dropped-later', 'dropped-first'])
    expect(plan.sets.map(({ name, count }) => [name, count])).toEqual([
      ['global', 2],
      ['local:1', 1],
    ])
    expect([...plan.masks]).toEqual([1, 3, 0, 0])
  })
})
