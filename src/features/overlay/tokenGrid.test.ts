import { describe, expect, it } from 'vitest'
import { moveCursor, tokenAtPoint, tokensAround } from './tokenGrid.ts'

const wrist = { kind: 'visual', view: 'wrist', start: 256, rows: 16, columns: 16 } as const

describe('moveCursor', () => {
  it('starts in the middle, also when the cursor is in the other view', () => {
    expect(moveCursor(wrist, undefined, 'ArrowUp')).toBe(256 + 8 * 16 + 8)
    expect(moveCursor(wrist, 3, 'ArrowLeft')).toBe(256 + 8 * 16 + 8)
  })

  it('stops at the edges', () => {
    expect(moveCursor(wrist, 256, 'ArrowUp')).toBe(256)
    expect(moveCursor(wrist, 511, 'ArrowRight')).toBe(511)
    expect(moveCursor(wrist, 256, 'ArrowDown')).toBe(272)
  })

  it('goes to the ends of a row and leaves other keys alone', () => {
    expect(moveCursor(wrist, 280, 'Home')).toBe(272)
    expect(moveCursor(wrist, 280, 'End')).toBe(287)
    expect(moveCursor(wrist, 280, 'a')).toBeUndefined()
  })
})

describe('tokenAtPoint', () => {
  it('finds the square and nothing outside', () => {
    expect(tokenAtPoint(wrist, 0, 0)).toBe(256)
    expect(tokenAtPoint(wrist, 0.999, 0.999)).toBe(511)
    expect(tokenAtPoint(wrist, 1, 0.5)).toBeUndefined()
  })
})

describe('tokensAround', () => {
  const view = { kind: 'visual', view: 'wrist', start: 100, rows: 4, columns: 4 } as const

  it('is the token alone, or a square that ends at the border', () => {
    expect(tokensAround(view, 105, 1)).toEqual([105])
    expect(tokensAround(view, 105, 3)).toEqual([100, 101, 102, 104, 105, 106, 108, 109, 110])
    expect(tokensAround(view, 100, 3)).toEqual([100, 101, 104, 105])
    expect(tokensAround(view, 115, 3)).toEqual([110, 111, 114, 115])
  })
})
