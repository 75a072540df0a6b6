/** Nine stops of two perceptually uniform maps (matplotlib's viridis and magma), 0 to 1. */
const STOPS = {
  depth: ['440154', '472d7b', '3b528b', '2c728e', '21918c', '28ae80', '5ec962', 'addc30', 'fde725'],
  score: ['000004', '1d1147', '51127c', '832681', 'b73779', 'e75263', 'fc8961', 'fec488', 'fcfdbf'],
} as const

export type ColormapName = keyof typeof STOPS

/** Colour of a value between 0 and 1 as `rgb(...)`. */
export function colorAt(map: ColormapName, value: number): string {
  const stops = STOPS[map]
  const position = Math.max(0, Math.min(1, value)) * (stops.length - 1)
  const below = Math.min(stops.length - 2, Math.floor(position))
  const share = position - below
  const channel = (index: number) => {
    const from = Number.parseInt(stops[below].slice(index, index + 2), 16)
    const to = Number.parseInt(stops[below + 1].slice(index, index + 2), 16)
    return Math.round(from + (to - from) * share)
  }
  return `rgb(${channel(0)} ${channel(2)} ${channel(4)})`
}

/** The whole map as a CSS gradient from left to right. */
export function gradientOf(map: ColormapName): string {
  return `linear-gradient(to right, ${STOPS[map].map((stop) => `#${stop}`).join(', ')})`
}
