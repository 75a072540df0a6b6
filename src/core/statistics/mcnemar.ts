/** Outcomes of two methods on the same seeds. */
export interface PairedCounts {
  both: number
  onlyFirst: number
  onlySecond: number
  neither: number
}

/** Counts paired outcomes. @throws if the lists differ in length */
export function countPairs(first: readonly boolean[], second: readonly boolean[]): PairedCounts {
  if (first.length !== second.length) throw new Error(`${first.length} and ${second.length} outcomes are not paired.`)
  const counts: PairedCounts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 }
  first.forEach((success, i) => {
    if (success) counts[second[i] ? 'both' : 'onlyFirst']++
    else counts[second[i] ? 'onlySecond' : 'neither']++
  })
  return counts
}

/**
 * Exact McNemar test, two-sided: twice the binomial(n, 1/2) tail at the smaller discordant count, at most 1
 * (Q. McNemar, Psychometrika 12, 1947; exact form as in A. Agresti, Categorical Data Analysis, section 10.1).
 * @param onlyFirst pairs in which only the first method succeeds
 * @param onlySecond pairs in which only the second does
 * @returns p-value; 1 if there are no discordant pairs
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond
  // In logarithms, because 2^-n underflows for n above 1074.
  let logTerm = -n * Math.LN2
  let tail = 0
  for (let i = 0; i <= Math.min(onlyFirst, onlySecond); i++) {
    tail += Math.exp(logTerm)
    logTerm += Math.log((n - i) / (i + 1))
  }
  return Math.min(1, 2 * tail)
}
