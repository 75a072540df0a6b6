/**
 * A line over frames as an SVG path, with gaps where there is no value.
 * @param values one per frame, NaN for none
 * @param max value at the top edge; 0 is at the bottom
 */
export function tracePath(values: readonly number[], max: number, width: number, height: number): string {
  const parts: string[] = []
  let pen = false
  values.forEach((value, i) => {
    if (Number.isNaN(value)) {
      pen = false
      return
    }
    const x = (i / Math.max(1, values.length - 1)) * width
    const y = height - Math.min(1, Math.max(0, value / max)) * height
    parts.push(`${pen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`)
    pen = true
  })
  return parts.join('')
}
