import { sortedQuantile } from '../statistics/quantile.ts'

/** Summary of latencies; percentiles are type 7 (see `statistics/quantile.ts`). */
export interface LatencySummary {
  count: number
  p50Ms: number
  p95Ms: number
  meanMs: number
}

/**
 * Count, mean and percentiles of latencies.
 * @param latenciesMs after the warm-up, in any order
 * @returns undefined for no latencies
 */
export function summariseLatency(latenciesMs: ArrayLike<number>): LatencySummary | undefined {
  const sorted = Float64Array.from(latenciesMs).sort()
  if (sorted.length === 0) return undefined
  return {
    count: sorted.length,
    p50Ms: sortedQuantile(sorted, 0.5),
    p95Ms: sortedQuantile(sorted, 0.95),
    meanMs: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  }
}
