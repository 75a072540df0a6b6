import { describe, expect, it } from 'vitest'
import { DecisionError, keepPositions, namingSelector } from './survivors.ts'

const survivors = Int32Array.of(2, 5, 6, 9)

function positions(...keep: number[]): number[] {
  return [...keepPositions(survivors, Int32Array.from(keep), 3, 2, new Int32Array(16))]
}

describe('keepPositions', () => {
  it('turns token ids into positions and appends the fixed tokens', () => {
    expect(positions(5, 9)).toEqual([1, 3, 4, 5, 6])
    expect(positions(2, 5, 6, 9)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it.each([
    ['no token', [], /after layer 2 keeps no visual token/],
    ['a token twice', [5, 5], /names token 5 twice/],
    ['a falling order', [6, 5], /not in ascending order: token 5 follows 6/],
    ['a token that is gone', [5, 7], /keeps token 7, which is not/],
    ['a token beyond the last', [9, 600], /keeps token 600, which is not/],
    ['a negative id', [-1, 2], /keeps token -1, which is not/],
  ])('refuses %s', (_, keep, message) => {
    expect(() => positions(...keep)).toThrow(message)
  })

  it('puts the name of the selector in front', async () => {
    const query = () => Promise.reject(new DecisionError('the decision after layer 2 names token 5 twice.', 2, 5))
    await expect(namingSelector('random', query)).rejects.toMatchObject({
      message: 'Method "random": the decision after layer 2 names token 5 twice.',
      layer: 2,
      tokenId: 5,
    })
  })
})
