/** Bytes in megabytes or kilobytes, for example "12.4 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e8 ? 0 : 1)} MB`
  return `${Math.max(0, Math.round(bytes / 1e3))} kB`
}

/** Milliseconds with a useful number of digits, for example "8.31 ms". */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`
}

/** A share in per cent, for example "33 %". */
export function formatShare(share: number, digits = 0): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : '–'
}

/** A score as people compare it: three significant digits, small ones in exponent form. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  return Math.abs(value) < 0.001 ? value.toExponential(1) : value.toPrecision(3)
}
