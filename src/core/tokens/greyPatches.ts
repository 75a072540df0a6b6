import type { VisualSegment } from './layout.ts'

/** Half of white: what is neither bright nor dark, and no colour. */
const GREY = 128

/**
 * Greys out square patches in frames of one view.
 * @param pixels `[frames, size, size, 3]`; they are not changed
 * @param ids token ids; those of other views are passed over
 * @returns the same array where nothing is to be greyed
 * @throws if the image does not divide into the view's patches
 */
export function greyPatches(
  pixels: Uint8Array,
  size: number,
  { start, rows, columns }: Pick<VisualSegment, 'start' | 'rows' | 'columns'>,
  ids: ArrayLike<number>,
): Uint8Array {
  const offsets = Array.from(ids, (id) => id - start).filter((offset) => offset >= 0 && offset < rows * columns)
  if (offsets.length === 0) return pixels
  const [height, width] = [size / rows, size / columns]
  if (!Number.isInteger(height) || !Number.isInteger(width)) {
    throw new Error(`An image of ${size} × ${size} does not divide into ${rows} × ${columns} patches.`)
  }
  const result = pixels.slice()
  const frameBytes = size * size * 3
  for (let frame = 0; frame < result.length; frame += frameBytes) {
    for (const offset of offsets) {
      const [top, left] = [Math.floor(offset / columns) * height, (offset % columns) * width]
      for (let y = top; y < top + height; y++) {
        const from = frame + (y * size + left) * 3
        result.fill(GREY, from, from + width * 3)
      }
    }
  }
  return result
}
