/** Milliseconds with as many digits as they deserve: `8.25`, `21.3`, `148`. */
export function formatMs(ms: number): string {
  return formatSignificant(ms, ms < 10 ? 2 : ms < 100 ? 1 : 0)
}

/** Millimetres and degrees: two digits below ten. Exactly 0 is written as `0`: it means "the same", not "small". */
export function formatDistance(value: number): string {
  if (value === 0) return '0'
  return value < 0.01 ? '<0.01' : formatSignificant(value, value < 10 ? 2 : 1)
}

/** A share of one as a percentage: `34 %`, below ten with one decimal. */
export function formatPercent(share: number): string {
  const percent = share * 100
  return `${formatSignificant(percent, percent < 10 && percent !== 0 ? 1 : 0)} %`
}

/** A ratio: `1.84×`. */
export function formatRatio(ratio: number): string {
  return `${formatSignificant(ratio, 2)}×`
}

/** Whole numbers as they are, others with one decimal. */
export function formatCount(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}

function formatSignificant(value: number, decimals: number): string {
  return Number.isFinite(value) ? value.toFixed(decimals) : '–'
}
