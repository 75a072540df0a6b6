/**
 * Quantile with linear interpolation between order statistics: type 7 of Hyndman and Fan (1996), the default of numpy
 * and R: position (n - 1) p of the sorted values.
 * @param values any order, at least one; not changed
 * @param p 0 ... 1
 * @throws if there are no values
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), p)
}

/** {@link quantile} of values that are already ascending. */
export function sortedQuantile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) throw new Error('A quantile needs at least one value.')
  const position = (sorted.length - 1) * Math.min(1, Math.max(0, p))
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (position - below) * (sorted[above] - sorted[below])
}
