import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGolden } from '../pruning/golden/readGolden.ts'
import { pairedBootstrap } from './bootstrap.ts'
import { countPairs, mcnemarExact } from './mcnemar.ts'
import { normalCdf, normalQuantile } from './normal.ts'
import { quantile } from './quantile.ts'
import { wilsonInterval, type Interval } from './wilson.ts'

interface GoldenStatistics {
  wilson: { successes: number; trials: number; confidence: number; low: number; high: number }[]
  mcnemar: { onlyFirst: number; onlySecond: number; p: number }[]
  bootstrap: {
    differences: number[]
    clusters: number[] | null
    samples: number
    confidence: number
    seed: number
    expected: Interval
  }[]
}

const golden = readGolden<GoldenStatistics>('statistics.json')

function expectInterval(actual: Interval, expected: { low: number; high: number }): void {
  expect(actual.low).toBeCloseTo(expected.low, 9)
  expect(actual.high).toBeCloseTo(expected.high, 9)
}

describe('normal distribution', () => {
  it('has its textbook quantiles and inverts itself', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
    expect(normalQuantile(0.5)).toBe(0)
    for (const p of [1e-6, 0.01, 0.3, 0.8, 0.9995]) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13)
    expect(() => normalQuantile(1)).toThrow('0 < p < 1')
  })
})

describe('Wilson interval', () => {
  it.each(golden.wilson)('of $successes / $trials at $confidence', ({ successes, trials, confidence, ...expected }) => {
    expectInterval(wilsonInterval(successes, trials, confidence), expected)
  })

  it('contains the rate, lies in [0, 1] and is the mirror image for failures', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (successes, failures) => {
        if (successes + failures === 0) return
        const { estimate, low, high } = wilsonInterval(successes, successes + failures)
        const mirrored = wilsonInterval(failures, successes + failures)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        expect(low).toBeCloseTo(1 - mirrored.high, 12)
      }),
    )
  })

  it('refuses impossible counts', () => {
    expect(() => wilsonInterval(3, 2)).toThrow('3 of 2')
    expect(() => wilsonInterval(0, 0)).toThrow('0 of 0')
  })
})

describe('exact McNemar test', () => {
  it.each(golden.mcnemar)('of $onlyFirst and $onlySecond', ({ onlyFirst, onlySecond, p }) => {
    expect(Math.abs(mcnemarExact(onlyFirst, onlySecond) - p)).toBeLessThan(1e-12)
  })

  it('is symmetric and counts pairs', () => {
    expect(mcnemarExact(3, 12)).toBe(mcnemarExact(12, 3))
    expect(countPairs([true, true, false, false], [true, false, true, false])).toEqual({
      both: 1,
      onlyFirst: 1,
      onlySecond: 1,
      neither: 1,
    })
    expect(() => countPairs([true], [])).toThrow('not paired')
  })
})

describe('paired bootstrap', () => {
  it.each(golden.bootstrap)('agrees with numpy on the same random numbers', ({ differences, expected, ...options }) => {
    const interval = pairedBootstrap(differences, { ...options, clusters: options.clusters ?? undefined })
    expect(interval.estimate).toBeCloseTo(expected.estimate, 12)
    expectInterval(interval, expected)
  })

  it('comes near the normal interval for many pairs', () => {
    const differences = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0))
    const half = 1.96 * Math.sqrt((0.25 * 0.75) / 400)
    const { low, high } = pairedBootstrap(differences, { samples: 2000, seed: 1 })
    expect(Math.abs(high - low - 2 * half)).toBeLessThan(0.2 * half)
  })

  it('is wider when the pairs of a cluster go together, and constant data have no width', () => {
    const differences = Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 0))
    const clusters = differences.map((_, i) => Math.floor(i / 10))
    const apart = pairedBootstrap(differences, { samples: 500, seed: 2 })
    const together = pairedBootstrap(differences, { clusters, samples: 500, seed: 2 })
    expect(together.high - together.low).toBeGreaterThan(apart.high - apart.low)
    expect(pairedBootstrap([0.5, 0.5], { samples: 10, seed: 3 })).toEqual({ estimate: 0.5, low: 0.5, high: 0.5 })
  })

  it('is the same for the same seed and refuses bad input', () => {
    expect(pairedBootstrap([0, 1, 1], { seed: 4 })).toEqual(pairedBootstrap([0, 1, 1], { seed: 4 }))
    expect(() => pairedBootstrap([], { seed: 1 })).toThrow('at least one pair')
    expect(() => pairedBootstrap([1], { clusters: [], seed: 1 })).toThrow('cluster label')
  })
})

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([3, 1, 2, 4], 0.5)).toBe(2.5)
    expect(quantile([7], 0.95)).toBe(7)
    expect(() => quantile([], 0.5)).toThrow('at least one')
  })
})
