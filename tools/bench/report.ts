import { createRandom, randomInteger } from '../../src/core/random.ts'
import type { StageTimesMs } from '../../src/core/policy/engine.ts'
import { quantile } from '../../src/core/statistics/quantile.ts'
import type { TimedQuery } from './interleaved.ts'

/** A ratio of two medians with its 95 % interval. */
export interface Ratio {
  estimate: number
  low: number
  high: number
}

/** One line of the result. */
export interface BenchRow {
  id: string
  engine: 'dense' | 'keep-all' | 'pruned'
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
  samplesMs: number[]
}

const BOOTSTRAP_SAMPLES = 2000

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
    samplesMs,
  }
}

/**
 * Median of `numerator` over median of `denominator`, with the percentile interval of a bootstrap that draws whole rounds,
 * because the two were timed next to each other.
 */
export function ratioOfMedians(numerator: readonly number[], denominator: readonly number[], seed = 0): Ratio {
  const random = createRandom(seed)
  const n = Math.min(numerator.length, denominator.length)
  const draw = (): number => {
    const rounds = Array.from({ length: n }, () => randomInteger(random, n))
    return median(rounds.map((i) => numerator[i])) / median(rounds.map((i) => denominator[i]))
  }
  const draws = Array.from({ length: BOOTSTRAP_SAMPLES }, draw)
  return {
    estimate: median(numerator) / median(denominator),
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
