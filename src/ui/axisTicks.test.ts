import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { axisTicks } from './axisTicks.ts'

describe('axisTicks', () => {
  it('reaches the largest value in round steps', () => {
    expect(axisTicks(21)).toEqual([0, 10, 20, 30])
    expect(axisTicks(0.35, 3)).toEqual([0, 0.2, 0.4])
    expect(axisTicks(0)).toEqual([0, 1])
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (max) => {
        const ticks = axisTicks(max)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * 0.999)
        expect(ticks.length).toBeLessThanOrEqual(6)
      }),
    )
  })
})
