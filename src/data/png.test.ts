import { encode } from 'fast-png'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePng, encodePng } from './png.ts'

describe('PNG', () => {
  it('returns every pixel unchanged', () => {
    const image = fc
      .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
      .chain(({ width, height }) =>
        fc
          .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
          .map((data) => ({ width, height, data })),
      )
    fc.assert(
      fc.property(image, (original) => {
        expect(decodePng(encodePng(original))).toEqual(original)
      }),
    )
  })

  it('encodes smooth pictures in less space than an encoder without filters', () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => Math.floor(i / 3 / 64) * 2 + ((i / 3) % 64))
    const image = { width: 64, height: 64, data }
    expect(encodePng(image).length).toBeLessThan(encode({ ...image, channels: 3 }).length / 2)
  })

  it('drops the alpha channel and refuses grey images and other bytes', () => {
    const rgba = encode({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 255), channels: 4 })
    expect([...decodePng(rgba).data]).toEqual([1, 2, 3])
    const grey = encode({ width: 1, height: 1, data: Uint8Array.of(1), channels: 1 })
    expect(() => decodePng(grey)).toThrow(/1 channels of 8 bits/)
    expect(() => decodePng(Uint8Array.of(0xff, 0xd8))).toThrow(/not a PNG/)
  })
})
