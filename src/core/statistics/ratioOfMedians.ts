import { createRandom, randomInteger } from '../random.ts'
import { quantile } from './quantile.ts'

/** A ratio of two medians with its 95 % interval. */
export interface Ratio {
  estimate: number
  low: number
  high: number
}

const BOOTSTRAP_SAMPLES = 2000

/**
 * Median of `numerator` over median of `denominator`, with the percentile interval of a bootstrap that draws whole rounds,
 * because the two were timed next to each other.
 * @param numerator one value a round, at least one; more than `denominator` has are not used for the interval
 * @param denominator of the same rounds
 * @param seed of the draws
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
