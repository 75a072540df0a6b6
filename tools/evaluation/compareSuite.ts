import { summariseLatency } from '../../src/core/metrics/latency.ts'
import { holmAdjusted } from '../../src/core/statistics/holm.ts'
import { comparePaired } from '../../src/core/statistics/pairedOutcomes.ts'
import { wilsonInterval } from '../../src/core/statistics/wilson.ts'
import type { MethodResult, PairResult, SuiteComparison } from '../../src/data/results/comparison.ts'
import type { SeedRange } from '../cli/options.ts'
import type { AgreementUnit, EpisodeUnit } from './units.ts'

/** What one method did on the seeds of a suite. */
export interface MethodUnits {
  label: string
  /** One per seed, ascending. */
  episodes: readonly EpisodeUnit[]
  /** Empty when the open-loop part was left out. */
  agreements: readonly AgreementUnit[]
}

/** Settings of the resampling. */
export interface BootstrapSettings {
  samples: number
  seed: number
}

/**
 * Counts and compares the episodes of one suite.
 * @param methods the first is the reference
 * @param allPairs compare every two methods instead of each with the first
 */
export function compareSuite(
  seeds: SeedRange,
  methods: readonly MethodUnits[],
  { allPairs, bootstrap }: { allPairs: boolean; bootstrap: BootstrapSettings },
): Omit<SuiteComparison, 'horizonSteps'> {
  const tasks = methods[0].episodes.map((episode) => episode.task)
  return {
    seeds,
    episodes: tasks.length,
    methods: methods.map(summariseMethod),
    pairs: comparePairs(pairsOf(methods, allPairs), tasks, bootstrap),
    tasks,
    outcomes: methods.map(({ label, episodes }) => ({
      method: label,
      success: episodes.map(({ success }) => (success ? 1 : 0)),
      steps: episodes.map(({ steps }) => steps),
      queries: episodes.map(({ latenciesMs }) => latenciesMs.length),
      replans: episodes.map(({ replans }) => replans),
    })),
  }
}

function pairsOf(methods: readonly MethodUnits[], all: boolean): [MethodUnits, MethodUnits][] {
  return methods.flatMap((first, i) =>
    all || i === 0 ? methods.slice(i + 1).map((second): [MethodUnits, MethodUnits] => [first, second]) : [],
  )
}

function comparePairs(
  pairs: readonly (readonly [MethodUnits, MethodUnits])[],
  tasks: readonly string[],
  bootstrap: BootstrapSettings,
): PairResult[] {
  const successes = ({ episodes }: MethodUnits) => episodes.map(({ success }) => success)
  const compared = pairs.map(([first, second]) => ({
    first: first.label,
    second: second.label,
    ...comparePaired(successes(first), successes(second), { clusters: tasks, ...bootstrap }),
  }))
  const adjusted = holmAdjusted(compared.map(({ mcnemarP }) => mcnemarP))
  return compared.map((pair, i) => ({ ...pair, mcnemarHolmP: adjusted[i] }))
}

function summariseMethod({ label, episodes, agreements }: MethodUnits): MethodResult {
  const successful = episodes.filter(({ success }) => success)
  const { estimate, low, high } = wilsonInterval(successful.length, episodes.length)
  const latencies = episodes.flatMap(({ latenciesMs }) => latenciesMs)
  const latency = summariseLatency(latencies)
  if (latency === undefined) throw new Error(`${label}: no query was made.`)
  const perEpisode = (of: (episode: EpisodeUnit) => number) => sum(episodes.map(of)) / episodes.length
  // A query weighs the same whichever episode it belongs to.
  const perQuery = (of: (episode: EpisodeUnit) => number) =>
    sum(episodes.map((episode) => of(episode) * episode.latenciesMs.length)) / latencies.length
  const macsPerQuery = perQuery(({ macs }) => macs)
  const recall = recallOf(episodes)
  return {
    method: label,
    episodes: episodes.length,
    successes: successful.length,
    successRate: estimate,
    wilson95: [low, high],
    queriesPerEpisode: perEpisode(({ latenciesMs }) => latenciesMs.length),
    replansPerEpisode: perEpisode(({ replans }) => replans),
    stepsPerEpisode: perEpisode(({ steps }) => steps),
    ...(successful.length > 0 && { stepsPerSuccess: sum(successful.map(({ steps }) => steps)) / successful.length }),
    budget: perQuery(({ budget }) => budget),
    keptTokens: perQuery(({ keptTokens }) => keptTokens),
    macsPerQuery,
    macsRatio: macsPerQuery / episodes[0].denseMacs,
    macsPerEpisode: perEpisode(({ macs, latenciesMs }) => macs * latenciesMs.length),
    latencyMs: { count: latency.count, p50: latency.p50Ms, p95: latency.p95Ms, mean: latency.meanMs },
    latencyPerEpisodeMs: perEpisode(({ latenciesMs }) => sum(latenciesMs)),
    ...offPathOf(episodes, latencies.length),
    ...(recall && { recall }),
    failures: countFailures(episodes),
    ...(agreements.length > 0 && { agreement: averageAgreements(agreements) }),
  }
}

function recallOf(episodes: readonly EpisodeUnit[]): MethodResult['recall'] {
  const total = (name: keyof EpisodeUnit['recall']) => sum(episodes.map(({ recall }) => recall[name]))
  const [queries, targetQueries] = [total('queries'), total('targetQueries')]
  if (queries === 0 || targetQueries === 0) return undefined
  const share = (sums: number, count: number) => Math.min(1, sums / count)
  return {
    lastLayer: share(total('lastLayer'), queries),
    layers: share(total('layers'), queries),
    targetLastLayer: share(total('targetLastLayer'), targetQueries),
  }
}

function offPathOf(episodes: readonly EpisodeUnit[], queries: number): Pick<MethodResult, 'offPath'> {
  const passes = sum(episodes.map(({ offPath }) => offPath?.passes ?? 0))
  if (passes === 0) return {}
  return {
    offPath: {
      passesPerQuery: passes / queries,
      latencyMs: sum(episodes.map(({ offPath }) => offPath?.latencyMs ?? 0)) / queries,
      macsPerQuery: sum(episodes.map(({ offPath }) => offPath?.macs ?? 0)) / queries,
    },
  }
}

function averageAgreements(units: readonly AgreementUnit[]): MethodResult['agreement'] {
  const steps = sum(units.map((unit) => unit.steps))
  const mean = (of: (unit: AgreementUnit) => number) => sum(units.map((unit) => of(unit) * unit.steps)) / steps
  return {
    queries: sum(units.map(({ queries }) => queries)),
    l1: mean(({ l1 }) => l1),
    translationMm: mean(({ translationMm }) => translationMm),
    rotationDeg: mean(({ rotationDeg }) => rotationDeg),
    gripperAgreement: Math.min(
      1,
      mean(({ gripperAgreement }) => gripperAgreement),
    ),
  }
}

function countFailures(episodes: readonly EpisodeUnit[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { success, failure } of episodes) {
    if (success) continue
    const reason = failure ?? 'unknown'
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
