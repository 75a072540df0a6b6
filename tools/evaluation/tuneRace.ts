/** What a candidate did on the seeds of a round. */
export interface Trial {
  /** 0 is the baseline. */
  candidate: number
  successes: number
  episodes: number
  /** Multiply-accumulates as a share of dense, mean over queries. */
  macsRatio: number
}

/** A round of the race: who runs and on how many seeds. */
export interface Round {
  seeds: number
  /** Candidates beside the baseline. */
  keep: number
}

/**
 * Rounds of successive halving: each has twice the seeds and half the candidates of the one before; the last has all seeds.
 * @param candidates beside the baseline, at least 1
 * @param rounds at least 1
 */
export function planRounds(candidates: number, seeds: number, rounds: number): Round[] {
  const plan = Array.from({ length: rounds }, (_, round) => ({
    seeds: Math.max(1, Math.round(seeds / 2 ** (rounds - 1 - round))),
    keep: Math.max(1, Math.ceil(candidates / 2 ** round)),
  }))
  // Few seeds can make two rounds alike; the later one has nothing to add.
  return plan.filter(({ seeds: count }, i) => i === 0 || count > plan[i - 1].seeds)
}

/** Costs this close to the limit count as within it: at a set budget all candidates cost nearly the same. */
const SLACK = 0.01

/**
 * Candidates from best to worst: those within the limit of cost (plus one hundredth of dense) come first; then more successes, then lower
 * cost, then the lower number. The baseline takes part like any other.
 * @param maxMacsRatio limit of cost, a share of dense
 */
export function rankTrials(trials: readonly Trial[], maxMacsRatio: number): Trial[] {
  const isDear = ({ macsRatio }: Trial) => Number(macsRatio > maxMacsRatio + SLACK)
  return [...trials].sort(
    (a, b) =>
      isDear(a) - isDear(b) ||
      b.successes / b.episodes - a.successes / a.episodes ||
      a.macsRatio - b.macsRatio ||
      a.candidate - b.candidate,
  )
}
