import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LayerTrace } from '../policy/engine.ts'
import { readGolden } from '../pruning/golden/readGolden.ts'
import { toTokenSet } from '../pruning/sets.ts'
import { averageAgreement, compareChunks, type Agreement } from './agreement.ts'
import { summariseLatency } from './latency.ts'
import { layerMacs, OPENVLA_OFT_SHAPE, queryMacs, transformerMacs } from './macs.ts'
import { relevanceRecall, weightedRecall } from './recall.ts'
import { rotationDistance } from './rotation.ts'
import { survivalDepth } from './survivalDepth.ts'
import { tokenBudget, tokenLayers, visualTokensPerLayer } from './tokenLayers.ts'

interface GoldenMetrics {
  agreement: { steps: number; pruned: number[]; dense: number[]; expected: Agreement }[]
  rotation: { a: number[]; b: number[]; angle: number }[]
  survival: {
    n: number
    layers: number
    removals: { layer: number; keep: number[] }[]
    depth: number[]
    tokens: number[]
    budget: number
  }[]
  macs: { tokens: number; width: number; feedForward: number; matrices: 2 | 3; macs: number }[]
  latency: { values: number[]; p50: number; p95: number; mean: number }[]
}

const golden = readGolden<GoldenMetrics>('metrics.json')

describe('agreement', () => {
  it.each(golden.agreement)('agrees with numpy over $steps steps', ({ steps, pruned, dense, expected }) => {
    const actual = compareChunks(pruned, dense, steps)
    for (const key of Object.keys(expected) as (keyof Agreement)[]) expect(actual[key]).toBeCloseTo(expected[key], 9)
  })

  it('is perfect for equal chunks and turns 1.0 into 25 mm and 0.15 rad', () => {
    const zero = new Float32Array(56)
    const perfect = compareChunks(zero, zero, 8)
    expect(perfect).toMatchObject({ translationMm: 0, rotationDeg: 0, gripperAgreement: 1, l1: 0 })
    const one = Float32Array.of(0, 0, 1, 0, 0, 1, -1)
    const apart = compareChunks(one, new Float32Array(7), 1)
    expect(apart.translationMm).toBe(25)
    expect(apart.rotationDeg).toBeCloseTo((0.15 * 180) / Math.PI, 12)
    expect(apart.gripperAgreement).toBe(0)
    expect(apart.l1).toBeCloseTo(3 / 7, 12)
  })

  it('refuses chunks of different length and empty comparisons', () => {
    expect(() => compareChunks(new Float32Array(14), new Float32Array(7), 1)).toThrow('14 and 7')
    expect(() => compareChunks(new Float32Array(7), new Float32Array(7), 0)).toThrow('at least one')
  })

  it('averages by executed steps', () => {
    const one = compareChunks(Float32Array.of(0, 0, 1, 0, 0, 0, 0), new Float32Array(7), 1)
    const none = compareChunks(new Float32Array(21), new Float32Array(21), 3)
    expect(averageAgreement([one, none])).toMatchObject({ steps: 4, translationMm: 6.25, maxTranslationMm: 25 })
    expect(averageAgreement([])).toBeUndefined()
  })
})

describe('rotation distance', () => {
  it.each(golden.rotation)('agrees with rotation matrices: $angle rad', ({ a, b, angle }) => {
    expect(Math.abs(rotationDistance(a, b) - angle)).toBeLessThan(1e-9)
  })

  it('is symmetric, zero to itself and at most pi', () => {
    const vector = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const angle = rotationDistance(a, b)
        expect(angle).toBeCloseTo(rotationDistance(b, a), 10)
        expect(rotationDistance(a, a)).toBeLessThan(1e-12)
        expect(angle).toBeLessThanOrEqual(Math.PI + 1e-12)
      }),
    )
  })
})

describe('survival depth and budget', () => {
  it.each(golden.survival)('agree with numpy: $n tokens, $layers layers', (example) => {
    const decisionAt = (layer: number) => {
      const removal = example.removals.find((entry) => entry.layer === layer)
      return removal && { keep: Int32Array.from(removal.keep), sets: [] }
    }
    const traces: LayerTrace[] = example.tokens.map((visualTokens, i) => ({
      layer: i + 1,
      visualTokens,
      decision: decisionAt(i + 1),
    }))
    expect([...survivalDepth(example.n, traces, decisionAt(0))]).toEqual(example.depth)
    expect(visualTokensPerLayer(traces)).toEqual(example.tokens)
    expect(tokenBudget(example.tokens, example.n)).toBeCloseTo(example.budget, 12)
    expect(tokenLayers(example.tokens)).toBe(example.depth.reduce((sum, depth) => sum + depth, 0))
  })
})

describe('multiply-accumulates', () => {
  it.each(golden.macs)('agree with numpy at $tokens tokens', ({ tokens, width, feedForward, matrices, macs }) => {
    expect(layerMacs(tokens, { width, feedForward, feedForwardMatrices: matrices })).toBe(macs)
  })

  it('give the published cost of OpenVLA-OFT: 4.014e12 at 605 tokens', () => {
    const lengths = Array.from({ length: 32 }, () => 605)
    const macs = transformerMacs(lengths, OPENVLA_OFT_SHAPE)
    expect(macs / 1e12).toBeCloseTo(4.014, 3)
    // VLA-Cache and VLA-ACL print 4.013 (as "FLOPs"), VLA-ADP prints 7.91 FLOPs: two per multiply-accumulate.
    expect(Math.abs(macs / 4.013e12 - 1)).toBeLessThan(0.001)
    expect(Math.abs((2 * macs) / 7.91e12 - 1)).toBeLessThan(0.02)
  })

  it("reproduce SpecPrune's published share of 43 % within 3 points, with the paper's two-matrix formula", () => {
    const shape = { ...OPENVLA_OFT_SHAPE, feedForwardMatrices: 2 } as const
    // 48 % of the tokens are left after layer 2, and nine tenths of the rest after layers 5, 10, 15 and 20.
    const stagesBefore = (layer: number) => [5, 10, 15, 20].filter((stage) => stage < layer).length
    const lengths = Array.from({ length: 32 }, (_, i) => 605 * (i < 2 ? 1 : 0.48 * 0.9 ** stagesBefore(i + 1)))
    const dense = transformerMacs(new Array<number>(32).fill(605), shape)
    expect(Math.abs(transformerMacs(lengths, shape) / dense - 0.43)).toBeLessThan(0.03)
  })

  it('count fixed tokens, stem and head', () => {
    const shape = { width: 2, feedForward: 3 }
    const macs = queryMacs({ visualTokensPerLayer: [4, 1], fixedTokens: 2, shape, stemMacs: 1000, headMacs: 10 })
    expect(macs).toBe(1000 + layerMacs(6, shape) + layerMacs(3, shape) + 10)
  })
})

describe('recall', () => {
  it('is the kept share of what is relevant', () => {
    expect(relevanceRecall(toTokenSet([1, 2, 9]), toTokenSet([2, 3, 9, 10]))).toBe(0.5)
    expect(relevanceRecall(toTokenSet([1]), new Int32Array())).toBeUndefined()
    expect(weightedRecall(toTokenSet([0, 2]), [0.5, 1, 0.5])).toBe(0.5)
    expect(weightedRecall(toTokenSet([0]), [0, 0])).toBeUndefined()
  })
})

describe('latency', () => {
  it.each(golden.latency)('percentiles agree with numpy', ({ values, p50, p95, mean }) => {
    const summary = summariseLatency(values)
    expect(summary?.count).toBe(values.length)
    expect(summary?.p50Ms).toBeCloseTo(p50, 10)
    expect(summary?.p95Ms).toBeCloseTo(p95, 10)
    expect(summary?.meanMs).toBeCloseTo(mean, 10)
  })

  it('has no summary without latencies', () => {
    expect(summariseLatency([])).toBeUndefined()
  })
})
