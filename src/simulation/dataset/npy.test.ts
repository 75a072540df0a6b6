import { describe, expect, it } from 'vitest'
import { npyBody, npyHeader } from './npy.ts'

describe('npyHeader', () => {
  it('writes the header that NumPy expects', () => {
    const header = npyHeader(new Float32Array(6), [2, 3])
    const text = String.fromCharCode(...header.subarray(10))
    expect(Array.from(header.subarray(0, 8))).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    expect(header[8] + 256 * header[9]).toBe(text.length)
    expect(header.length % 64).toBe(0)
    expect(text).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/)
  })

  it('writes one-dimensional shapes as tuples', () => {
    expect(String.fromCharCode(...npyHeader(new Uint8Array(4), [4]))).toContain(
      `'|u1', 'fortran_order': False, 'shape': (4,)`,
    )
    expect(String.fromCharCode(...npyHeader(new Int32Array(0), [0, 7]))).toContain(`'<i4'`)
  })

  it('refuses a shape that does not fit', () => {
    expect(() => npyHeader(new Uint8Array(5), [2, 2])).toThrow(/holds 4 elements; the array has 5/)
  })
})

describe('npyBody', () => {
  it('is the bytes of a view, not of its whole buffer', () => {
    const view = new Int32Array([1, 2, 3]).subarray(1)
    expect(Array.from(npyBody(view))).toEqual([2, 0, 0, 0, 3, 0, 0, 0])
  })
})
