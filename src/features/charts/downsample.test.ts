import { describe, expect, it } from 'vitest'
import { MAX_POINTS, downsample } from './downsample.ts'

interface Point {
  x: number
  y: number | undefined
}

describe('downsample', () => {
  const make = (count: number): Point[] => Array.from({ length: count }, (_, x) => ({ x, y: Math.sin(x / 50) }))

  it('leaves short series alone', () => {
    const points = make(MAX_POINTS)
    expect(downsample(points, 100, ({ y }) => y)).toBe(points)
  })

  it('keeps ends and extremes, in order, at a few points a pixel', () => {
    const points = make(20_000)
    points[7777].y = 40
    points[3333].y = -40
    points[5000].y = undefined
    const kept = downsample(points, 300, ({ y }) => y)
    expect(kept.length).toBeLessThanOrEqual(1200)
    expect(kept).toContain(points[7777])
    expect(kept).toContain(points[3333])
    expect(kept[0]).toBe(points[0])
    expect(kept.at(-1)).toBe(points[19_999])
    expect(kept.every((point, i) => i === 0 || point.x > kept[i - 1].x)).toBe(true)
  })

  it('never gives more than recharts can take, on any width', () => {
    expect(downsample(make(50_000), 5000, ({ y }) => y).length).toBeLessThanOrEqual(MAX_POINTS)
  })
})
