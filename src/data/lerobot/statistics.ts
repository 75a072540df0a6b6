/** Statistics of one column, in the shapes that LeRobot stores: images per channel as `[3, 1, 1]`, vectors as `[n]`. */
export interface ColumnStatistics {
  shape: readonly number[]
  min: number[]
  max: number[]
  mean: number[]
  std: number[]
  /** Frames. */
  count: number
}

/** Sums from which statistics follow and which can be merged over episodes. */
export interface ColumnSums {
  shape: readonly number[]
  /** Frames. */
  frames: number
  /** Values that went into each entry: one a frame for vectors, one a pixel for images. */
  samples: number
  min: Float64Array
  max: Float64Array
  sum: Float64Array
  sumOfSquares: Float64Array
}

/** Sums with nothing in them. */
export function emptySums(shape: readonly number[]): ColumnSums {
  const width = shape.reduce((product, size) => product * size, 1)
  return {
    shape,
    frames: 0,
    samples: 0,
    min: new Float64Array(width).fill(Infinity),
    max: new Float64Array(width).fill(-Infinity),
    sum: new Float64Array(width),
    sumOfSquares: new Float64Array(width),
  }
}

/**
 * Adds interleaved samples: entry `k` of each sample goes to entry `k` of the sums.
 * @param frames how many frames the values stand for
 * @param scale factor on every value, for example 1 / 255 for pixels
 */
export function addSamples(sums: ColumnSums, values: ArrayLike<number>, frames: number, scale = 1): void {
  const width = sums.sum.length
  for (let i = 0; i < values.length; i++) {
    const k = i % width
    const value = values[i] * scale
    if (value < sums.min[k]) sums.min[k] = value
    if (value > sums.max[k]) sums.max[k] = value
    sums.sum[k] += value
    sums.sumOfSquares[k] += value * value
  }
  sums.frames += frames
  sums.samples += values.length / width
}

/** Adds the sums of one episode to those of the dataset. */
export function mergeSums(total: ColumnSums, part: ColumnSums): void {
  total.frames += part.frames
  total.samples += part.samples
  part.sum.forEach((_, k) => {
    total.min[k] = Math.min(total.min[k], part.min[k])
    total.max[k] = Math.max(total.max[k], part.max[k])
    total.sum[k] += part.sum[k]
    total.sumOfSquares[k] += part.sumOfSquares[k]
  })
}

/** The statistics that the sums amount to; the standard deviation is that of the population. */
export function statisticsOf({ shape, frames, samples, min, max, sum, sumOfSquares }: ColumnSums): ColumnStatistics {
  const mean = Array.from(sum, (value) => value / samples)
  return {
    shape,
    min: Array.from(min),
    max: Array.from(max),
    mean,
    std: mean.map((value, k) => Math.sqrt(Math.max(0, sumOfSquares[k] / samples - value * value))),
    count: frames,
  }
}

/** Values as nested lists of a shape, as `meta/stats.json` holds them. */
export function nestedLists(values: readonly number[], shape: readonly number[]): unknown {
  if (shape.length <= 1) return [...values]
  const size = values.length / shape[0]
  return Array.from({ length: shape[0] }, (_, i) => nestedLists(values.slice(i * size, (i + 1) * size), shape.slice(1)))
}
