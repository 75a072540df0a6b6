import { summariseLatency } from '../../src/core/metrics/latency.ts'
import { queryMacs } from '../../src/core/metrics/macs.ts'
import { tokenBudget } from '../../src/core/metrics/tokenLayers.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import { wilsonInterval } from '../../src/core/statistics/wilson.ts'
import { visualTokenCount } from '../../src/core/tokens/layout.ts'
import type { GroupResult, SuiteResult } from '../../src/data/results/evaluation.ts'
import type { SeedRange } from '../cli/options.ts'
import type { EpisodeResult } from './episode.ts'

/**
 * Counts the episodes of one suite.
 * @param horizonSteps control steps after which an episode has failed
 * @param results one for each seed of the range, in any order; at least one
 */
export function summariseSuite(
  manifest: Manifest,
  { seeds, horizonSteps }: { seeds: SeedRange; horizonSteps: number },
  results: readonly EpisodeResult[],
): SuiteResult {
  const ordered = [...results].sort((a, b) => a.seed - b.seed)
  const { failures, ...counts } = summariseGroup(ordered)
  const lengths = ordered.flatMap((result) => result.tokensPerLayer)
  const latency = summariseLatency(ordered.flatMap((result) => result.latenciesMs))
  const visual = visualTokenCount(manifest.layout)
  return {
    seeds,
    ...counts,
    queries: lengths.length,
    replans: sum(ordered.map((result) => result.replans)),
    steps: sum(ordered.map((result) => result.steps)),
    keptTokensMean: mean(lengths.map((layers) => layers.at(-1) ?? 0)),
    budget: mean(lengths.map((layers) => tokenBudget(layers, visual))),
    macsRatio: macsRatio(manifest, lengths),
    latencyMs: { p50: latency?.p50Ms ?? 0, p95: latency?.p95Ms ?? 0 },
    failedSeeds: ordered.filter((result) => !result.success).map((result) => result.seed),
    failures,
    queriesPerEpisode: lengths.length / ordered.length,
    horizonSteps,
    goalsMetMean: mean(ordered.map((result) => result.goalsMet)),
    tasks: summariseTasks(ordered),
    phrasings: summarisePhrasings(ordered),
  }
}

/** Counts of any episodes. @param results at least one */
function summariseGroup(results: readonly EpisodeResult[]): GroupResult {
  const successes = results.filter((result) => result.success).length
  const { low, high } = wilsonInterval(successes, results.length)
  return { episodes: results.length, successes, wilson95: [low, high], failures: countFailures(results) }
}

function summariseTasks(results: readonly EpisodeResult[]): Record<string, GroupResult> {
  const names = [...new Set(results.map((result) => result.taskId))].sort()
  return Object.fromEntries(
    names.map((name) => [name, summariseGroup(results.filter((result) => result.taskId === name))]),
  )
}

function summarisePhrasings(results: readonly EpisodeResult[]): NonNullable<SuiteResult['phrasings']> {
  const [trained, heldOut] = [false, true].map((kind) => results.filter((result) => result.heldOut === kind))
  return {
    ...(trained.length > 0 && { trained: summariseGroup(trained) }),
    ...(heldOut.length > 0 && { heldOut: summariseGroup(heldOut) }),
  }
}

/** Multiply-accumulates of the queries as a share of what dense would have taken. */
function macsRatio({ model, layout }: Manifest, lengths: readonly (readonly number[])[]): number {
  const visual = visualTokenCount(layout)
  const macsOf = (visualTokensPerLayer: readonly number[]) =>
    queryMacs({
      visualTokensPerLayer,
      fixedTokens: layout.length - visual,
      shape: { width: model.width, feedForward: model.feedForward },
      stemMacs: model.stemMacs,
      headMacs: model.headMacs,
    })
  return sum(lengths.map(macsOf)) / (lengths.length * macsOf(new Array<number>(model.layers).fill(visual)))
}

function countFailures(results: readonly EpisodeResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { success, failure } of results) {
    if (success) continue
    const reason = failure ?? 'unknown'
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length
}
