/** Round numbers for an axis from 0: at most `count` gaps, the last at or above `max`. */
export function axisTicks(max: number, count = 4): number[] {
  if (!(max > 0)) return [0, 1]
  const raw = max / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10]
    .map((factor) => factor * power)
    .find((candidate) => candidate >= raw * 0.9999) as number
  const gaps = Math.ceil(max / step - 1e-9)
  return Array.from({ length: gaps + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}
