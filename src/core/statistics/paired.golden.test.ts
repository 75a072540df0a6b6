import { describe, expect, it } from 'vitest'
import { readGolden } from '../pruning/golden/readGolden.ts'
import { holmAdjusted } from './holm.ts'
import { comparePaired, type PairedComparison } from './pairedOutcomes.ts'

interface GoldenPaired {
  compared: {
    first: boolean[]
    second: boolean[]
    clusters: string[]
    samples: number
    seed: number
    expected: PairedComparison
  }[]
  holm: { p: number[]; adjusted: number[] }[]
}

const golden = readGolden<GoldenPaired>('paired.json')

describe('paired comparison', () => {
  it.each(golden.compared)('of $first.length seeds', ({ first, second, expected, ...options }) => {
    const { bootstrap95, mcnemarP, difference, ...counts } = comparePaired(first, second, options)
    const { bootstrap95: interval, mcnemarP: p, difference: mean, ...expectedCounts } = expected
    expect(counts).toEqual(expectedCounts)
    expect(mcnemarP).toBeCloseTo(p, 12)
    expect(difference).toBeCloseTo(mean, 12)
    bootstrap95.forEach((bound, i) => expect(bound).toBeCloseTo(interval[i], 12))
  })

  it('changes sign when the methods change places', () => {
    const { first, second, ...options } = golden.compared[3]
    const forward = comparePaired(first, second, options)
    const backward = comparePaired(second, first, options)
    expect(backward.difference).toBeCloseTo(-forward.difference, 12)
    expect(backward.mcnemarP).toBe(forward.mcnemarP)
    expect([backward.onlyFirst, backward.onlySecond]).toEqual([forward.onlySecond, forward.onlyFirst])
  })

  it('refuses seeds that are not the same', () => {
    expect(() => comparePaired([true], [true, false], { samples: 100, seed: 0 })).toThrow('not paired')
  })
})

describe("Holm's adjustment", () => {
  it.each(golden.holm)('of $p', ({ p, adjusted }) => {
    holmAdjusted(p).forEach((value, i) => expect(value).toBeCloseTo(adjusted[i], 12))
    expect(holmAdjusted(p)).toHaveLength(p.length)
  })
})
