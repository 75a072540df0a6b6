import type { RgbImage } from '../../schema/observation.ts'
import type { ViewTokens } from '../views.ts'

/** Brightness of every pixel: 0.299 R + 0.587 G + 0.114 B, times 1000, so that it stays whole. */
function brightness({ data }: RgbImage): Float64Array {
  const result = new Float64Array(data.length / 3)
  for (let i = 0; i < result.length; i++) result[i] = 299 * data[3 * i] + 587 * data[3 * i + 1] + 114 * data[3 * i + 2]
  return result
}

/** Mean of a number per pixel over each patch, row-major. */
function patchMeans(perPixel: Float64Array, { width, height }: RgbImage, { rows, columns }: ViewTokens): Float64Array {
  const patchWidth = width / columns
  const patchHeight = height / rows
  const means = new Float64Array(rows * columns)
  perPixel.forEach((value, i) => {
    const patch = Math.floor(Math.floor(i / width) / patchHeight) * columns + Math.floor((i % width) / patchWidth)
    means[patch] += value / (patchWidth * patchHeight)
  })
  return means
}

/** Mean length of the Sobel gradient of the brightness in each patch; the image is continued beyond its border. */
export function edgeEnergy(image: RgbImage, view: ViewTokens): Float64Array {
  const { width, height } = image
  const light = brightness(image)
  const at = (x: number, y: number): number =>
    light[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))]
  const lengths = light.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const column = (dx: number): number => at(x + dx, y - 1) + 2 * at(x + dx, y) + at(x + dx, y + 1)
    const row = (dy: number): number => at(x - 1, y + dy) + 2 * at(x, y + dy) + at(x + 1, y + dy)
    return Math.sqrt((column(1) - column(-1)) ** 2 + (row(1) - row(-1)) ** 2)
  })
  return patchMeans(lengths, image, view)
}

/** Mean absolute difference of the brightness to an earlier image in each patch. @throws if the sizes differ */
export function motionEnergy(image: RgbImage, earlier: RgbImage, view: ViewTokens): Float64Array {
  if (image.width !== earlier.width || image.height !== earlier.height) {
    throw new Error(
      `Images of ${image.width}x${image.height} and ${earlier.width}x${earlier.height} cannot be compared.`,
    )
  }
  const before = brightness(earlier)
  return patchMeans(
    brightness(image).map((value, i) => Math.abs(value - before[i])),
    image,
    view,
  )
}

/** Values as deviations from their mean, in standard deviations (of the population); all 0 if they are equal. */
export function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return values.map((value) => (variance > 0 ? (value - mean) / Math.sqrt(variance) : 0))
}
