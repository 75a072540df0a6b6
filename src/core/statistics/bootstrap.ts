import { createRandom, randomInteger, type Random } from '../random.ts'
import { sortedQuantile } from './quantile.ts'
import type { Interval } from './wilson.ts'

/** Options of {@link pairedBootstrap}. */
export interface BootstrapOptions {
  /** Group of each difference (for example its task); whole groups are drawn. Without it every pair is its own group. */
  clusters?: readonly (string | number)[]
  /** Default 10,000. */
  samples?: number
  /** Default 0.95. */
  confidence?: number
  seed: number
}

/**
 * Percentile interval of the mean of paired differences (B. Efron, R. Tibshirani, An Introduction to the Bootstrap,
 * 1993, chapter 13; drawing whole clusters: A. C. Davison, D. V. Hinkley, Bootstrap Methods, 1997, section 3.8).
 * Each sample draws as many clusters as there are, with replacement, and takes the mean over all their differences.
 * @param differences second minus first, one per pair; at least one
 * @throws if there are no differences, or not one cluster label for each
 */
export function pairedBootstrap(differences: readonly number[], options: BootstrapOptions): Interval {
  const { clusters, samples = 10_000, confidence = 0.95, seed } = options
  if (differences.length === 0) throw new Error('A bootstrap needs at least one pair.')
  if (clusters && clusters.length !== differences.length) throw new Error('One cluster label per difference is needed.')
  const groups = groupTotals(differences, clusters)
  const random = createRandom(seed)
  const means = Float64Array.from({ length: samples }, () => resampledMean(groups, random)).sort()
  return {
    estimate: differences.reduce((sum, value) => sum + value, 0) / differences.length,
    low: sortedQuantile(means, (1 - confidence) / 2),
    high: sortedQuantile(means, (1 + confidence) / 2),
  }
}

interface Group {
  sum: number
  count: number
}

/** Sum and size of each cluster, in the order of first appearance. */
function groupTotals(differences: readonly number[], clusters?: readonly (string | number)[]): Group[] {
  const groups = new Map<string | number, Group>()
  differences.forEach((value, i) => {
    const label = clusters ? clusters[i] : i
    const group = groups.get(label) ?? { sum: 0, count: 0 }
    groups.set(label, { sum: group.sum + value, count: group.count + 1 })
  })
  return [...groups.values()]
}

function resampledMean(groups: readonly Group[], random: Random): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < groups.length; i++) {
    const group = groups[randomInteger(random, groups.length)]
    sum += group.sum
    count += group.count
  }
  return sum / count
}
