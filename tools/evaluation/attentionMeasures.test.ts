import { describe, expect, it } from 'vitest'
import type { LayerScores } from '../../src/core/policy/engine.ts'
import { tokenRange } from '../../src/core/pruning/sets.ts'
import { AttentionMeasures, type AttentionShare } from './attentionMeasures.ts'

const TOKENS = 200
const LAYERS = 3

/** Scores in which the tokens from `firstOf(layer)` on are the best, in order. */
function scores(firstOf: (layer: number) => number): LayerScores[] {
  const ids = tokenRange(0, TOKENS)
  return [1, 2, 3].flatMap((layer) =>
    (['text', 'action'] as const).map((rows) => {
      const values = Float32Array.from(ids, (id) => -((id - firstOf(layer) + TOKENS) % TOKENS))
      return { layer, rows, ids, values }
    }),
  )
}

function meanOf(shares: readonly AttentionShare[], what: Partial<AttentionShare>): number {
  const found = shares.filter((share) =>
    Object.entries(what).every(
      ([name, value]) => JSON.stringify(share[name as keyof AttentionShare]) === JSON.stringify(value),
    ),
  )
  expect(found).toHaveLength(1)
  return found[0].sum / found[0].count
}

describe('attention measures', () => {
  it('follows the best tokens of a layer to the last one', () => {
    const measures = new AttentionMeasures(LAYERS)
    // Layer 1: tokens 0-19; layer 2: 15-34; layer 3: 10 and on.
    measures.add(scores((layer) => [0, 0, 15, 10][layer]))
    const shares = measures.summary()
    const hit = { measure: 'hit', rows: 'text' } as const
    expect(meanOf(shares, { ...hit, layers: [1], of: 20 })).toBeCloseTo(10 / 20)
    expect(meanOf(shares, { ...hit, layers: [2], of: 20 })).toBeCloseTo(15 / 20)
    expect(meanOf(shares, { ...hit, layers: [2], of: 60 })).toBe(1)
    expect(meanOf(shares, { ...hit, layers: [1, 2], of: 20 })).toBeCloseTo(20 / 35)
  })

  it('compares with the previous query, layer by layer', () => {
    const measures = new AttentionMeasures(LAYERS)
    measures.add(scores(() => 0))
    measures.add(scores((layer) => 10 * layer))
    const coverage = { measure: 'coverage', rows: 'action' } as const
    expect(meanOf(measures.summary(), { ...coverage, layers: [1] })).toBeCloseTo(20 / 30)
    expect(meanOf(measures.summary(), { ...coverage, layers: [3] })).toBe(0)
  })
})
