/** Above this number of points recharts grows slow (recharts#1146) and pixels hold several points each. */
export const MAX_POINTS = 2000

/**
 * Thins points to the width in pixels and keeps what the eye would see: of every pixel column the first, the last,
 * the lowest and the highest point, in their order. Short series come back unchanged.
 * @param value the number to keep extremes of; points without one are kept only as first or last of a column
 */
export function downsample<T>(
  points: readonly T[],
  width: number,
  value: (point: T) => number | undefined,
): readonly T[] {
  if (points.length <= MAX_POINTS) return points
  const columns = Math.max(1, Math.floor(Math.min(width, MAX_POINTS / 4)))
  const kept: T[] = []
  for (let column = 0; column < columns; column++) {
    const start = Math.floor((column * points.length) / columns)
    const end = Math.floor(((column + 1) * points.length) / columns)
    for (const i of columnExtremes(points, start, end, value)) kept.push(points[i])
  }
  return kept
}

function columnExtremes<T>(
  points: readonly T[],
  start: number,
  end: number,
  value: (point: T) => number | undefined,
): number[] {
  let low: number | undefined
  let high: number | undefined
  for (let i = start; i < end; i++) {
    const current = value(points[i])
    if (current === undefined) continue
    if (low === undefined || current < (value(points[low]) as number)) low = i
    if (high === undefined || current > (value(points[high]) as number)) high = i
  }
  const indices = [start, low, high, end - 1].filter((i) => i !== undefined)
  return [...new Set(indices)].sort((a, b) => a - b)
}
