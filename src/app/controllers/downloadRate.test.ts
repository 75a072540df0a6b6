import { describe, expect, it } from 'vitest'
import { createRateMeter } from './downloadRate.ts'

describe('createRateMeter', () => {
  it('waits for enough time', () => {
    const meter = createRateMeter()
    expect(meter.add(0, 0)).toBeUndefined()
    expect(meter.add(1000, 100)).toBeUndefined()
    expect(meter.add(5000, 500)).toBe(10_000)
  })

  it('forgets what is long past', () => {
    const meter = createRateMeter()
    meter.add(0, 0)
    meter.add(1_000_000, 1000)
    meter.add(1_000_000, 3500)
    expect(meter.add(1_001_000, 4000)).toBeCloseTo(1000 / 3, 0)
  })
})
