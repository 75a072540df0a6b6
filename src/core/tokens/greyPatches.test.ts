import { describe, expect, it } from 'vitest'
import { greyPatches } from './greyPatches.ts'

/** Two frames of 4 x 4 pixels, every byte its own index. */
const pixels = Uint8Array.from({ length: 2 * 4 * 4 * 3 }, (_, i) => i)
const segment = { start: 10, rows: 2, columns: 2 }

describe('greyPatches', () => {
  it('greys exactly the pixels of the patches, in every frame', () => {
    const result = greyPatches(pixels, 4, segment, [11])
    for (let i = 0; i < pixels.length; i++) {
      const [y, x] = [Math.floor(i / 12) % 4, Math.floor(i / 3) % 4]
      expect(result[i], `row ${y}, column ${x}`).toBe(y < 2 && x >= 2 ? 128 : i)
    }
  })

  it('leaves the original alone, and other views', () => {
    const copy = pixels.slice()
    expect(greyPatches(pixels, 4, segment, [9, 14])).toBe(pixels)
    greyPatches(pixels, 4, segment, [10, 13])
    expect(pixels).toEqual(copy)
  })

  it('refuses images that do not divide into patches', () => {
    expect(() => greyPatches(pixels, 4, { ...segment, rows: 3 }, [10])).toThrow('3 × 2 patches')
  })
})
