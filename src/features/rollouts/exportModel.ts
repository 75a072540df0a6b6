import { summariseLatency } from '../../core/metrics/latency.ts'
import { queryMacs } from '../../core/metrics/macs.ts'
import { tokenBudget } from '../../core/metrics/tokenLayers.ts'
import { describeParameters, formatParameterText } from '../../core/pruning/parameters.ts'
import type { ParameterValue } from '../../core/pruning/parameters.ts'
import { findSelector, formatMethod, resolveParameters } from '../../core/pruning/registry.ts'
import { holmAdjusted } from '../../core/statistics/holm.ts'
import { comparePaired } from '../../core/statistics/pairedOutcomes.ts'
import { wilsonInterval } from '../../core/statistics/wilson.ts'
import { type Comparison, COMPARISON_VERSION, type MethodDescription } from '../../data/results/comparison.ts'
import type { RolloutEpisode, RolloutPlan, RolloutProvenance, RolloutRun } from '../../stores/rolloutStoreRun.ts'

/** The resampling that `specprune compare` does by default. */
const BOOTSTRAP = { samples: 10_000, seed: 0 } as const

/** What a browser tells about its machine. */
export interface BrowserMachine {
  cores: number
  system: string
}

type SuiteComparison = Comparison['suites'][string]
type MethodResult = SuiteComparison['methods'][number]

/**
 * A run as the result file that `specprune compare` writes: same schema, same formulas. Only seeds that every method has
 * played are in it. Recall is left out: the page does not count it.
 * @returns undefined if no seed is complete
 */
export function comparisonOf(
  { plan, provenance, episodes }: RolloutRun,
  machine: BrowserMachine,
): Comparison | undefined {
  if (!plan || !provenance) return undefined
  const rows = plan.settings.map(({ id }) => episodes.filter(({ settingId }) => settingId === id))
  const complete = Math.min(...rows.map((own) => own.length))
  if (complete === 0) return undefined
  const methods = describeMethods(plan)
  const { firstSeed, suite, executeSteps, methodSeed } = plan
  const seeds = { first: firstSeed, last: firstSeed + complete - 1 }
  const labels = methods.map(({ label }) => label)
  const played = rows.map((own) => own.slice(0, complete))
  return {
    version: COMPARISON_VERSION,
    kind: 'comparison',
    title: 'Played in the page',
    methods,
    suites: { [suite]: compareSeeds(labels, played, seeds, provenance) },
    provenance: {
      createdAt: provenance.createdAt,
      app: provenance.app,
      commits: provenance.app.commit === undefined ? [] : [provenance.app.commit],
      command: commandOf(plan, provenance, labels, seeds),
      model: { id: provenance.model.id, weightsSha256: provenance.model.weightsSha256 },
      executeSteps,
      methodSeed,
      bootstrap: BOOTSTRAP,
      machine: { devices: [provenance.device], processor: 'not told by browsers', ...machine },
      workers: 1,
      played: complete * labels.length,
    },
  }
}

/** The command line that plays the same seeds without a browser. */
function commandOf(
  { suite, executeSteps, methodSeed }: RolloutPlan,
  { model, horizonSteps }: RolloutProvenance,
  labels: readonly string[],
  { first, last }: { first: number; last: number },
): string {
  const what = `--model ${model.id} --methods ${labels.join(',')} --suite ${suite} --seeds ${first}..${last}`
  const how = `--execute ${executeSteps} --method-seed ${methodSeed} --horizon ${horizonSteps}`
  return `npm run specprune -- compare ${what} ${how} --json`
}

function describeMethods({ settings }: RolloutPlan): MethodDescription[] {
  return settings.map(({ methodId: id, presetId: preset, parameters }) => {
    const definition = findSelector(id)
    const base = resolveParameters(definition, preset) as Record<string, ParameterValue>
    const changed = describeParameters(definition.parameters)
      .map(({ name }) => name)
      .filter((name) => name in parameters && formatParameterText(base[name]) !== formatParameterText(parameters[name]))
    const values = Object.fromEntries(changed.map((name) => [name, parameters[name]]))
    const named = { id, ...(preset === undefined ? {} : { preset }) }
    const label = formatMethod({ ...named, values })
    return { label, title: definition.title, ...named, parameters: { ...parameters }, changed }
  })
}

function compareSeeds(
  labels: readonly string[],
  played: readonly (readonly RolloutEpisode[])[],
  seeds: SuiteComparison['seeds'],
  provenance: RolloutProvenance,
): SuiteComparison {
  const tasks = played[0].map(({ instruction }) => instruction)
  const successes = played.map((episodes) => episodes.map(({ success }) => success))
  const pairs = labels.slice(1).map((second, i) => ({
    first: labels[0],
    second,
    ...comparePaired(successes[0], successes[i + 1], { clusters: tasks, ...BOOTSTRAP }),
  }))
  const adjusted = holmAdjusted(pairs.map(({ mcnemarP }) => mcnemarP))
  return {
    seeds,
    horizonSteps: provenance.horizonSteps,
    episodes: tasks.length,
    methods: labels.map((label, i) => resultOf(label, played[i], provenance)),
    pairs: pairs.map((pair, i) => ({ ...pair, mcnemarHolmP: adjusted[i] })),
    tasks,
    outcomes: labels.map((method, i) => ({
      method,
      success: played[i].map(({ success }) => (success ? 1 : 0)),
      steps: played[i].map(({ steps }) => steps),
      queries: played[i].map(({ queries }) => queries.length),
      replans: played[i].map(({ replans }) => replans),
    })),
  }
}

function resultOf(
  method: string,
  episodes: readonly RolloutEpisode[],
  { model, macs }: RolloutProvenance,
): MethodResult {
  const solved = episodes.filter(({ success }) => success)
  const { estimate, low, high } = wilsonInterval(solved.length, episodes.length)
  const queries = episodes.flatMap((episode) => episode.queries)
  const lengths = queries.map(({ tokensPerLayer }) => tokensPerLayer)
  const latency = summariseLatency(queries.map(({ latencyMs }) => latencyMs))
  const macsOf = (visualTokensPerLayer: readonly number[]) =>
    queryMacs({ visualTokensPerLayer, fixedTokens: model.fixedTokens, shape: model, ...macs })
  const macsPerQuery = mean(lengths.map(macsOf))
  const failed = episodes.filter(({ success }) => !success).map(({ failure }) => failure ?? 'unknown')
  return {
    method,
    episodes: episodes.length,
    successes: solved.length,
    successRate: estimate,
    wilson95: [low, high],
    queriesPerEpisode: queries.length / episodes.length,
    replansPerEpisode: mean(episodes.map(({ replans }) => replans)),
    stepsPerEpisode: mean(episodes.map(({ steps }) => steps)),
    ...(solved.length > 0 ? { stepsPerSuccess: mean(solved.map(({ steps }) => steps)) } : {}),
    budget: mean(lengths.map((length) => tokenBudget(length, model.visualTokens))),
    keptTokens: mean(lengths.map((length) => length.at(-1) ?? 0)),
    macsPerQuery,
    macsRatio: macsPerQuery / macsOf(new Array<number>(model.layers).fill(model.visualTokens)),
    macsPerEpisode: (macsPerQuery * queries.length) / episodes.length,
    latencyMs: {
      count: queries.length,
      p50: latency?.p50Ms ?? 0,
      p95: latency?.p95Ms ?? 0,
      mean: latency?.meanMs ?? 0,
    },
    latencyPerEpisodeMs: ((latency?.meanMs ?? 0) * queries.length) / episodes.length,
    failures: Object.fromEntries(
      [...new Set(failed)].map((reason) => [reason, failed.filter((other) => other === reason).length]),
    ),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
