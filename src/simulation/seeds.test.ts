import { describe, expect, it } from 'vitest'
import { SEED_RANGES, seedOf, type SeedSplit, splitOfSeed } from './seeds.ts'

describe('seeds', () => {
  it('keeps the splits apart', () => {
    const ranges = Object.values(SEED_RANGES).sort((a, b) => a.first - b.first)
    ranges.slice(1).forEach((range, i) => expect(range.first).toBeGreaterThan(ranges[i].last))
  })

  it('finds the split of each seed it gives', () => {
    for (const split of Object.keys(SEED_RANGES) as SeedSplit[]) expect(splitOfSeed(seedOf(split, 42))).toBe(split)
    expect(splitOfSeed(500_000)).toBeUndefined()
  })

  it('refuses indices outside a split', () => {
    expect(() => seedOf('test', 100_000)).toThrow(RangeError)
    expect(() => seedOf('validation', -1)).toThrow(RangeError)
  })
})
