import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TIME_INSETS, frameAtPixel, frameFraction, frameLeft, frameTicks, nearestStep } from './plotGeometry.ts'

describe('the frame axis', () => {
  it('gives the frame back that a pixel shows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 500 }),
        fc.integer({ min: 320, max: 2000 }),
        fc.nat(),
        (count, width, n) => {
          fc.pre(width - 50 >= count)
          const frame = n % count
          const x = TIME_INSETS.left + frameFraction(frame, count) * (width - TIME_INSETS.left - TIME_INSETS.right)
          expect(frameAtPixel(x, width, count)).toBe(frame)
        },
      ),
    )
  })

  it('stays inside the recording', () => {
    expect(frameAtPixel(-50, 400, 118)).toBe(0)
    expect(frameAtPixel(900, 400, 118)).toBe(117)
    expect(frameAtPixel(200, 30, 118)).toBe(0)
    expect(frameAtPixel(200, 400, 1)).toBe(0)
  })

  it('places the cursor between the insets', () => {
    expect(frameLeft(0, 101)).toBe('calc(0% + 40px)')
    expect(frameLeft(100, 101)).toBe('calc(100% + -10px)')
    expect(frameLeft(0, 0)).toBe('calc(0% + 40px)')
  })

  it('has round ticks that end inside', () => {
    expect(frameTicks(118, 400)).toEqual([0, 25, 50, 75, 100])
    expect(frameTicks(1, 400)).toEqual([0])
    expect(frameTicks(3, 400)).toEqual([0, 1, 2])
  })
})

describe('nearestStep', () => {
  it('finds the query nearest to a click', () => {
    expect(nearestStep([0, 8, 16], 11)).toBe(8)
    expect(nearestStep([0, 8, 16], 13)).toBe(16)
    expect(nearestStep([5], 900)).toBe(5)
  })
})
