import { describe, expect, it } from 'vitest'
import { rankAction } from './paletteModel.ts'

const rank = (search: string, title: string, others = '') => rankAction('id', search, [title, others])

describe('rankAction', () => {
  it('wants every typed word, in any order', () => {
    expect(rank('episode next', 'Next episode')).toBeGreaterThan(0)
    expect(rank('next method', 'Next episode')).toBe(0)
    // The letters of "theme" are all in there.
    expect(rank('theme', 'Undo the latest change of a method')).toBe(0)
  })

  it('prefers titles to other words and beginnings to middles', () => {
    const ranks = [
      rank('lo', 'Loop'),
      rank('lo', 'Start the loop'),
      rank('lo', 'Colours', 'x'),
      rank('lo', 'x', 'hello'),
    ]
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a))
    expect(new Set(ranks).size).toBe(ranks.length)
  })
})
