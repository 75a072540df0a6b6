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
    const left = (patch - row * columns) * patchBytes
    let dot = 0
    let currentSquare = 0
    let earlierSquare = 0
    for (let y = row * patchHeight; y < (row + 1) * patchHeight; y++) {
      const start = y * current.width * 3 + left
      for (let i = start; i < start + patchBytes; i++) {
        const p = current.data[i]
        const q = earlier.data[i]
        dot += p * q
        currentSquare += p * p
        earlierSquare += q * q
      }
    }
    result[patch] = cosine(dot, currentSquare, earlierSquare)
  }
  return result
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
