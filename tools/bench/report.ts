import type { StageTimesMs } from '../../src/core/policy/engine.ts'
import { quantile } from '../../src/core/statistics/quantile.ts'
import type { BenchEngine, TimedQuery } from './interleaved.ts'

export { ratioOfMedians } from '../../src/core/statistics/ratioOfMedians.ts'
export type { Ratio } from '../../src/core/statistics/ratioOfMedians.ts'

/** One line of the result. */
export interface BenchRow {
  id: string
  engine: BenchEngine
  model: string
  /** As `--method` writes it. */
  method?: string
  n: number
  p50: number
  p95: number
  /** Medians of the stages, ms. */
  stagesMs: StageTimesMs
  /** Visual tokens averaged over layers and queries, as a share of all. */
  budget: number
  /** Rate at the median latency, from the multiply-accumulates of the tokens that took part, two operations each. */
  gflops: number
  samplesMs: number[]
}

/** Latencies of a contender in the order of the rounds. */
export function latenciesOf(samples: readonly TimedQuery[], contender: string): number[] {
  return samples.filter((sample) => sample.contender === contender).map(({ latencyMs }) => latencyMs)
}

/** Quantiles and stages of one contender. */
export function summarise(
  samples: readonly TimedQuery[],
  row: Pick<BenchRow, 'id' | 'engine' | 'model' | 'method'>,
): BenchRow {
  const own = samples.filter(({ contender }) => contender === row.id)
  const samplesMs = own.map(({ latencyMs }) => latencyMs)
  const stage = (name: keyof StageTimesMs) =>
    quantile(
      own.map(({ stagesMs }) => stagesMs[name]),
      0.5,
    )
  return {
    ...row,
    n: own.length,
    p50: quantile(samplesMs, 0.5),
    p95: quantile(samplesMs, 0.95),
    stagesMs: {
      observe: stage('observe'),
      select: stage('select'),
      embed: stage('embed'),
      layers: stage('layers'),
      head: stage('head'),
    },
    budget: own.reduce((sum, { budget }) => sum + budget, 0) / Math.max(1, own.length),
    gflops:
      (2 *
        quantile(
          own.map(({ macs }) => macs),
          0.5,
        )) /
      quantile(samplesMs, 0.5) /
      1e6,
    samplesMs,
  }
}
