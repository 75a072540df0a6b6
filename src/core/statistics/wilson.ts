import { normalQuantile } from './normal.ts'

/** A number with an interval around it. */
export interface Interval {
  estimate: number
  low: number
  high: number
}

/**
 * Wilson's score interval of a success rate (E. B. Wilson, JASA 22, 1927, 209-212); never leaves [0, 1] and stays
 * sensible at 0 and 100 %.
 * @param successes 0 ... trials
 * @param trials at least 1
 * @param confidence for example 0.95
 * @throws if the counts are impossible
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): Interval {
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new Error(`No success rate from ${successes} of ${trials} trials.`)
  }
  const z = normalQuantile(0.5 + confidence / 2)
  const rate = successes / trials
  const shrink = 1 + z ** 2 / trials
  const centre = (rate + z ** 2 / (2 * trials)) / shrink
  const half = (z / shrink) * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2))
  return {
    estimate: rate,
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
  }
}
