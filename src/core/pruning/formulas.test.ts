import { describe, expect, it } from 'vitest'
import { lookBackSteps } from '../controller/lookBack.ts'
import { goldenBytes, readGolden } from './golden/readGolden.ts'
import { layerConfidence, rankWeights, type ConfidenceRule } from './layerScores.ts'
import { patchCosine } from './patchSimilarity.ts'
import { scaleCount, scaleLayer, scaleLayers, scaleMinimum, scaleStageLayers } from './scaling.ts'
import { orderByScore, topK } from './topk.ts'

interface Formulas {
  topK: { ids: number[]; scores: number[]; k: number; order: number[]; top: number[] }[]
  scaling: {
    layers: { n: number; all: number[]; globals: number[]; stages: number[]; lateStages: number[] }[]
    counts: { per256: number; tokens: number; count: number }[]
    minimums: { per512: number; tokens: number; count: number }[]
  }
  layerScores: {
    ids: number[]
    scores: number[]
    slope: number
    weights: number[]
    confidence: Record<ConfidenceRule, number>
  }[]
  patches: {
    rows: number
    columns: number
    width: number
    height: number
    now: string
    then: string
    similarity: number[]
  }[]
  lookBack: { b: number; k: number; offset: number; t_max: number; speeds: number[]; steps: number[] }[]
}

const golden = readGolden<Formulas>('formulas.json')

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) =>
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value))),
  )
}

describe('formulas agree with the numpy reference', () => {
  it.each(golden.topK)('top-k of $ids.length tokens, k $k', ({ ids, scores, k, order, top }) => {
    expect([...orderByScore(scores, ids)]).toEqual(order)
    expect([...topK(scores, ids, k)]).toEqual(top)
  })

  it.each(golden.scaling.layers)('layers at depth $n', ({ n, all, globals, stages, lateStages }) => {
    expect(all).toEqual(Array.from({ length: 32 }, (_, i) => scaleLayer(i + 1, n)))
    expect(scaleLayers([15, 32], n)).toEqual(globals)
    expect(scaleStageLayers([5, 10, 15, 20], n, 2)).toEqual(stages)
    expect(scaleStageLayers([5, 10, 15, 20], n, 5)).toEqual(lateStages)
  })

  it('set sizes and minimums', () => {
    for (const { per256, tokens, count } of golden.scaling.counts) expect(scaleCount(per256, tokens)).toBe(count)
    for (const { per512, tokens, count } of golden.scaling.minimums) expect(scaleMinimum(per512, tokens)).toBe(count)
  })

  it.each(golden.layerScores)(
    'rank weights and confidence, k $slope',
    ({ ids, scores, slope, weights, confidence }) => {
      expectClose(rankWeights(scores, ids, slope), weights)
      for (const rule of ['entropy', 'deviation', 'none'] as const) {
        const value = layerConfidence(scores, rule)
        expect(Math.abs(value / confidence[rule] - 1)).toBeLessThan(1e-9)
      }
    },
  )

  it.each(golden.patches)(
    'patch cosine $rows x $columns',
    ({ rows, columns, width, height, now, then, similarity }) => {
      const current = { width, height, data: goldenBytes(now) }
      const earlier = { width, height, data: goldenBytes(then) }
      expectClose(patchCosine(current, earlier, rows, columns), similarity)
    },
  )

  it.each(golden.lookBack)('look-back b $b, k $k', ({ b, k, offset, t_max, speeds, steps }) => {
    const settings = { lookBackBase: b, lookBackSlope: k, lookBackOffset: offset, lookBackMax: t_max }
    expect(speeds.map((speed) => lookBackSteps(speed, settings))).toEqual(steps)
  })
})
