/** Element types of the arrays that the data engine writes. */
export type NpyArray = Uint8Array | Int32Array | Float32Array

const PREAMBLE_BYTES = 10
const ALIGNMENT_BYTES = 64

/** NumPy's little-endian type code of an array. */
function typeCode(array: NpyArray): string {
  if (array instanceof Uint8Array) return '|u1'
  return array instanceof Int32Array ? '<i4' : '<f4'
}

/**
 * Header of a NumPy v1.0 file, C order: written before the array's bytes it makes a complete `.npy` file.
 * @throws RangeError when the shape does not hold as many elements as the array.
 */
export function npyHeader(array: NpyArray, shape: readonly number[]): Uint8Array {
  const elements = shape.reduce((product, size) => product * size, 1)
  if (elements !== array.length) {
    throw new RangeError(`Shape [${shape.join(', ')}] holds ${elements} elements; the array has ${array.length}.`)
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '${typeCode(array)}', 'fortran_order': False, 'shape': (${tuple}), }`
  const unpadded = PREAMBLE_BYTES + dictionary.length + 1
  const padding = (ALIGNMENT_BYTES - (unpadded % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES
  const text = `${dictionary}${' '.repeat(padding)}\n`
  const header = new Uint8Array(PREAMBLE_BYTES + text.length)
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 0xff, text.length >> 8])
  for (let i = 0; i < text.length; i++) header[PREAMBLE_BYTES + i] = text.charCodeAt(i)
  return header
}

/** The bytes of an array, without copying; every platform that runs this is little-endian. */
export function npyBody(array: NpyArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
