import { pairedBootstrap } from './bootstrap.ts'
import { countPairs, mcnemarExact, type PairedCounts } from './mcnemar.ts'

/** Two methods on the same seeds. */
export interface PairedComparison extends PairedCounts {
  /** Seeds that both methods played. */
  pairs: number
  /** Two-sided, from the discordant counts alone. */
  mcnemarP: number
  /** Success rate of the second minus that of the first. */
  difference: number
  /** 95 % interval of the difference: whole clusters of pairs are redrawn. */
  bootstrap95: [low: number, high: number]
  /** Groups that the bootstrap drew; below about ten its interval is too narrow. */
  clusters: number
}

/** Settings of {@link comparePaired}. */
export interface PairedOptions {
  /** Group of each pair, for example its task; a single group, or none, leaves each pair for itself. */
  clusters?: readonly string[]
  samples: number
  seed: number
}

/**
 * Compares outcomes of the same seeds: discordant counts, exact McNemar test, clustered paired bootstrap.
 * @param first outcomes by seed; at least one
 * @param second the same seeds in the same order
 * @throws if the lists differ in length or are empty
 */
export function comparePaired(
  first: readonly boolean[],
  second: readonly boolean[],
  { clusters, samples, seed }: PairedOptions,
): PairedComparison {
  const counts = countPairs(first, second)
  const differences = first.map((success, i) => Number(second[i]) - Number(success))
  const labels = new Set(clusters).size > 1 ? clusters : undefined
  const { estimate, low, high } = pairedBootstrap(differences, {
    ...(labels && { clusters: labels }),
    samples,
    seed,
  })
  return {
    pairs: first.length,
    ...counts,
    mcnemarP: mcnemarExact(counts.onlyFirst, counts.onlySecond),
    difference: estimate,
    bootstrap95: [low, high],
    clusters: labels ? new Set(labels).size : first.length,
  }
}
