import type { RgbImage } from '../schema/observation.ts'

/**
 * Cosine of the raw RGB values of every patch with the same patch of an earlier image:
 * dot(p, q) / (|p| |q|) over the bytes of the patch. Two black patches are equal (1); one black patch shares nothing (0).
 * @returns row-major `[rows, columns]`, in [0, 1]
 * @throws if the images differ in size or do not divide into the patches
 */
export function patchCosine(current: RgbImage, earlier: RgbImage, rows: number, columns: number): Float64Array {
  checkImages(current, earlier, rows, columns)
  const patchHeight = current.height / rows
  const patchBytes = (current.width / columns) * 3
  const result = new Float64Array(rows * columns)
  for (let patch = 0; patch < result.length; patch++) {
    const row = Math.floor(patch / columns)
    const first = (row * patchHeight * columns + (patch - row * columns)) * patchBytes
    result[patch] = blockCosine(current.data, earlier.data, first, patchHeight, patchBytes, columns * patchBytes)
  }
  return result
}

/** Cosine of `height` runs of `length` bytes, the first at `start`, the next ones `stride` bytes further each. */
function blockCosine(
  a: Uint8Array,
  b: Uint8Array,
  start: number,
  height: number,
  length: number,
  stride: number,
): number {
  let dot = 0
  let squareA = 0
  let squareB = 0
  for (let y = 0; y < height; y++) {
    const from = start + y * stride
    for (let i = from; i < from + length; i++) {
      const p = a[i]
      const q = b[i]
      dot += p * q
      squareA += p * p
      squareB += q * q
    }
  }
  return cosine(dot, squareA, squareB)
}

function cosine(dot: number, squareA: number, squareB: number): number {
  if (squareA === 0 || squareB === 0) return squareA === squareB ? 1 : 0
  return dot / Math.sqrt(squareA * squareB)
}

function checkImages(a: RgbImage, b: RgbImage, rows: number, columns: number): void {
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(`Images of ${a.width}x${a.height} and ${b.width}x${b.height} cannot be compared patch by patch.`)
  }
  if (a.height % rows !== 0 || a.width % columns !== 0) {
    throw new Error(`An image of ${a.width}x${a.height} does not divide into ${columns}x${rows} patches.`)
  }
}
