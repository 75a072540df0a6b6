import { summariseLatency } from '../../core/metrics/latency.ts'
import { tokenBudget } from '../../core/metrics/tokenLayers.ts'
import { countPairs, mcnemarExact, type PairedCounts } from '../../core/statistics/mcnemar.ts'
import { wilsonInterval, type Interval } from '../../core/statistics/wilson.ts'
import type { RolloutEpisode, RolloutPlan, RolloutRun, RolloutSetting } from '../../stores/rolloutStoreRun.ts'

/** Counts of one setting so far. */
export interface SettingSummary {
  setting: RolloutSetting
  episodes: number
  successes: number
  /** 95 % Wilson interval; undefined before the first episode. */
  rate: Interval | undefined
  /** Token-layers as a share of dense, mean over queries. */
  budget: number | undefined
  /** Median of everything between observation and action; the page does other work too. */
  latencyP50Ms: number | undefined
  /** Failed episodes by class, most frequent first. */
  failures: readonly { reason: string; count: number }[]
}

/** A setting against the reference on the seeds that both have played. */
export interface PairSummary extends PairedCounts {
  reference: RolloutSetting
  setting: RolloutSetting
  pairs: number
  /** Exact McNemar, two-sided. */
  mcnemarP: number
  /** Success rate of the setting minus that of the reference. */
  difference: number
}

/** Counts of every setting of a run, in the order of the plan. */
export function summariseSettings({ plan, episodes, provenance }: RolloutRun): SettingSummary[] {
  const visualTokens = provenance?.model.visualTokens ?? 1
  return (plan?.settings ?? []).map((setting) => {
    const own = episodes.filter(({ settingId }) => settingId === setting.id)
    const successes = own.filter(({ success }) => success).length
    const queries = own.flatMap((episode) => episode.queries)
    return {
      setting,
      episodes: own.length,
      successes,
      rate: own.length > 0 ? wilsonInterval(successes, own.length) : undefined,
      budget: mean(queries.map(({ tokensPerLayer }) => tokenBudget(tokensPerLayer, visualTokens))),
      latencyP50Ms: summariseLatency(queries.map(({ latencyMs }) => latencyMs))?.p50Ms,
      failures: countFailures(own),
    }
  })
}

/** Each setting against the first, over complete pairs only. */
export function summarisePairs({ plan, episodes }: RolloutRun): PairSummary[] {
  const [reference, ...others] = plan?.settings ?? []
  return others.flatMap((setting) => {
    const pairs = pairedOutcomes(episodes, reference.id, setting.id)
    if (pairs.length === 0) return []
    const counts = countPairs(
      pairs.map(({ first }) => first),
      pairs.map(({ second }) => second),
    )
    return [
      {
        ...counts,
        reference,
        setting,
        pairs: pairs.length,
        mcnemarP: mcnemarExact(counts.onlyFirst, counts.onlySecond),
        difference: (counts.onlySecond - counts.onlyFirst) / pairs.length,
      },
    ]
  })
}

/** One row of the list of episodes: a seed with the outcome of each setting, where it has been played. */
export interface SeedRow {
  seed: number
  instruction: string
  outcomes: readonly (RolloutEpisode | undefined)[]
  /** Not all that have been played ended alike. */
  discordant: boolean
}

/** Seeds that have been played, newest last. */
export function seedRows({ plan, episodes }: RolloutRun): SeedRow[] {
  const seeds = [...new Set(episodes.map(({ seed }) => seed))]
  return seeds.map((seed) => {
    const own = episodes.filter((episode) => episode.seed === seed)
    const outcomes = (plan?.settings ?? []).map(({ id }) => own.find(({ settingId }) => settingId === id))
    const successes = own.filter(({ success }) => success).length
    return {
      seed,
      instruction: own[0].instruction,
      outcomes,
      discordant: successes > 0 && successes < own.length,
    }
  })
}

/** What a run is doing, in a sentence. */
export function describeProgress(run: RolloutRun): string {
  const { phase, plan, episodes, current, message } = run
  const total = plan ? plan.seedCount * plan.settings.length : 0
  const counted = `${episodes.length} of ${total} episodes`
  switch (phase) {
    case 'idle':
      return ''
    case 'starting':
      return 'Starting the simulator…'
    case 'running':
    case 'paused': {
      const now = current ? `: seed ${current.seed}, ${current.setting.title}` : ''
      return `${phase === 'paused' ? 'Paused' : 'Running'}, ${counted}${now}`
    }
    case 'stopped':
      return `Stopped after ${counted}`
    case 'done':
      return `Done: ${counted}`
    case 'failed':
      return `Failed after ${counted}. ${message ?? ''}`
  }
}

/** Seeds in words: "0 to 19". */
export function describeSeeds({ firstSeed, seedCount }: RolloutPlan): string {
  return seedCount === 1 ? `${firstSeed}` : `${firstSeed} to ${firstSeed + seedCount - 1}`
}

function pairedOutcomes(episodes: readonly RolloutEpisode[], firstId: string, secondId: string) {
  const second = new Map(
    episodes.filter(({ settingId }) => settingId === secondId).map(({ seed, success }) => [seed, success]),
  )
  return episodes.flatMap(({ seed, settingId, success }) => {
    const other = settingId === firstId ? second.get(seed) : undefined
    return other === undefined ? [] : [{ first: success, second: other }]
  })
}

function countFailures(episodes: readonly RolloutEpisode[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { success, failure = 'failed' } of episodes) {
    if (!success) counts.set(failure, (counts.get(failure) ?? 0) + 1)
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}

function mean(values: readonly number[]): number | undefined {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined
}
