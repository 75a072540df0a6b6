import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellValues, countCells, nextCell, parseValues, suggestValues, timeLeftMs } from './grid.ts'
import type { NumberDescription, SweepAxis } from './grid.ts'

const share: NumberDescription = {
  kind: 'number',
  name: 'keep',
  title: 'Keep share',
  help: '',
  group: '',
  min: 0.05,
  max: 1,
  step: 0.05,
  default: 0.5,
}
const whole: NumberDescription = { ...share, name: 'topK', title: 'Top K', min: 0, max: 256, step: 1, default: 60 }

describe('values of a swept parameter', () => {
  it.each([
    ['0.5', [0.5]],
    ['0.2, 0.4', [0.2, 0.4]],
    ['0.2..0.8 by 0.2', [0.2, 0.4, 0.6, 0.8]],
    ['0.1, 0.3 .. 0.5 by 0.1', [0.1, 0.3, 0.4, 0.5]],
    ['0.9..1', [0.9, 0.95, 1]],
  ])('reads %s', (text, values) => {
    expect(parseValues(share, text)).toEqual(values)
  })

  it.each([
    ['', /Keep share: expected a number from 0.05 to 1/],
    ['0.2, 2', /from 0.05 to 1, got "2"/],
    ['0.2, 0.2', /twice/],
    ['0.8..0.2', /goes down/],
    ['0.2..0.8 by 0', /above 0/],
    ['0.05..1 by 0.001', /951 values; at most 64/],
  ])('refuses "%s"', (text, problem) => {
    expect(() => parseValues(share, text)).toThrow(problem)
  })

  it('takes whole numbers only where the parameter is one', () => {
    expect(parseValues(whole, '10..30 by 10')).toEqual([10, 20, 30])
    expect(() => parseValues(whole, '1.5')).toThrow(/whole number/)
  })

  it('suggests values that it reads', () => {
    expect(parseValues(share, suggestValues(share))).toEqual([0.3, 0.5, 0.75])
    expect(parseValues(whole, suggestValues(whole))).toEqual([30, 60, 90])
    expect(parseValues(whole, suggestValues({ ...whole, default: 0 }))).toEqual([64, 128, 192])
    expect(parseValues(whole, suggestValues({ ...whole, default: 250 }))).toEqual([125, 250, 256])
    expect(parseValues(whole, suggestValues({ ...whole, default: 1 }))).toEqual([1, 2])
  })
})

describe('a grid', () => {
  const axes: SweepAxis[] = [
    { name: 'a', title: 'A', values: [1, 2] },
    { name: 'b', title: 'B', values: [10, 20, 30] },
  ]

  it('goes through the last axis first', () => {
    const cells = Array.from({ length: countCells(axes) }, (_, i) => Object.values(cellValues(axes, i)))
    expect(cells).toEqual([
      [1, 10],
      [1, 20],
      [1, 30],
      [2, 10],
      [2, 20],
      [2, 30],
    ])
  })

  it('has every combination once', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 2 })
    fc.assert(
      fc.property(sizes, (lengths) => {
        const some = lengths.map((length, i) => ({
          name: `p${i}`,
          title: '',
          values: Array.from({ length }, (_, v) => v),
        }))
        const total = countCells(some)
        const seen = new Set(Array.from({ length: total }, (_, i) => JSON.stringify(cellValues(some, i))))
        expect(seen.size).toBe(total)
      }),
    )
  })

  it('goes on at the first cell that is missing, wherever that is', () => {
    expect(nextCell(axes, [])).toBe(0)
    expect(nextCell(axes, [{ index: 0 }, { index: 2 }, { index: 1 }])).toBe(3)
    expect(nextCell(axes, [{ index: 1 }])).toBe(0)
    expect(
      nextCell(
        axes,
        [0, 1, 2, 3, 4, 5].map((index) => ({ index })),
      ),
    ).toBeUndefined()
  })

  it('estimates the time left from the finished cells', () => {
    expect(timeLeftMs(axes, [])).toBeUndefined()
    const two = [{ elapsedMs: 100 }, { elapsedMs: 300 }]
    expect(timeLeftMs(axes, two)).toBe(800)
    expect(timeLeftMs(axes, two, 0.5)).toBe(700)
    expect(timeLeftMs(axes, new Array(6).fill({ elapsedMs: 5 }))).toBe(0)
  })
})
