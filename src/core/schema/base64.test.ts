import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFloats, decodeIds, encodeFloats, encodeIds } from './base64.ts'

describe('base64 arrays', () => {
  it('returns the same float32 values, NaN and infinities included', () => {
    fc.assert(
      fc.property(fc.float32Array(), (values) => {
        expect(decodeFloats(encodeFloats(values))).toEqual(values)
      }),
    )
  })

  it('returns the same token ids, ascending', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(511)), (ids) => {
        const ascending = Int32Array.from(ids).sort()
        expect(decodeIds(encodeIds(Int32Array.from(ids), 512))).toEqual(ascending)
      }),
    )
  })

  it('refuses bytes that are not float32', () => {
    expect(() => decodeFloats(btoa('abc'))).toThrow(/3 bytes/)
  })
})
