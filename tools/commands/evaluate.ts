import { findSelector, type Method, resolveParameters } from '../../src/core/pruning/registry.ts'
import type { ParameterValue } from '../../src/core/pruning/parameters.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import {
  type Evaluation,
  EVALUATION_VERSION,
  type GroupResult,
  type SuiteResult,
} from '../../src/data/results/evaluation.ts'
import { horizonOf, type SuiteId } from '../../src/simulation/tasks.ts'
import type { CommandIo } from '../cli/io.ts'
import { type SeedRange, seedList } from '../cli/options.ts'
import { appVersion } from '../cli/project.ts'
import type { EpisodeResult, EvaluationSettings } from '../evaluation/episode.ts'
import { checkLanguage } from '../evaluation/language.ts'
import { runJobs } from '../evaluation/pool.ts'
import { summariseSuite } from '../evaluation/summary.ts'

/** A checked call of `evaluate`. */
export interface EvaluateRequest {
  suites: readonly SuiteId[]
  seeds: SeedRange
  manifest: Manifest
  settings: EvaluationSettings
  workers: number
  /** The command line that regenerates the result. */
  command: string
  json: boolean
}

/** Plays the seeds of the suites closed loop and prints the counts. */
export async function evaluate(request: EvaluateRequest, io: CommandIo): Promise<void> {
  const { suites, seeds, manifest, settings, workers } = request
  warnAboutSuites(manifest, suites, io)
  checkLanguage(manifest, suites, seeds, settings.wording)
  const horizonFor = (suite: SuiteId) => settings.horizonSteps ?? horizonOf(suite)
  const jobs = suites.flatMap((suite) => seedList(seeds).map((seed) => ({ suite, seed })))
  let done = 0
  const { results, device } = await runJobs(settings, jobs, workers, (result) => {
    done++
    io.error(`${done}/${jobs.length} ${describeEpisode(result)}\n`)
  })
  const summaries = suites.map((suite) => {
    const own = results.filter((result) => result.suite === suite)
    return [suite, summariseSuite(manifest, { seeds, horizonSteps: horizonFor(suite) }, own)] as const
  })
  const evaluation: Evaluation = {
    version: EVALUATION_VERSION,
    suites: Object.fromEntries(summaries),
    provenance: {
      createdAt: new Date().toISOString(),
      app: appVersion(),
      command: request.command,
      model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
      method: describeMethod(settings.method),
      executeSteps: settings.executeSteps,
      horizonSteps: Math.max(...suites.map(horizonFor)),
      wording: settings.wording,
      methodSeed: settings.methodSeed,
      workers,
      device,
    },
  }
  if (request.json) io.output(`${JSON.stringify(evaluation, undefined, 2)}\n`)
  else for (const [suite, summary] of summaries) io.output(describeSuite(suite, summary))
}

/** A method with all its parameters, as results name it. */
export function describeMethod(method: Method): Evaluation['provenance']['method'] {
  const parameters = resolveParameters(findSelector(method.id), method.preset, method.values)
  return {
    id: method.id,
    ...(method.preset !== undefined && { preset: method.preset }),
    parameters: parameters as Record<string, ParameterValue>,
  }
}

function warnAboutSuites(manifest: Manifest, suites: readonly SuiteId[], io: CommandIo): void {
  const unknown = suites.filter((suite) => !manifest.suites.includes(suite))
  if (unknown.length > 0) io.error(`Note: ${manifest.id} was not trained for ${unknown.join(', ')}.\n`)
}

function describeEpisode({ suite, seed, success, failure, steps }: EpisodeResult): string {
  return `${suite} seed ${seed}: ${success ? 'success' : (failure ?? 'failed')} after ${steps} steps`
}

function describeSuite(suite: SuiteId, result: SuiteResult): string {
  const { latencyMs, phrasings, queriesPerEpisode = 0 } = result
  const failures = Object.entries(result.failures).map(([reason, count]) => `${reason} ${count}`)
  return [
    `${suite}: ${describeGroup(result)}`,
    `  tokens   ${percent(result.budget)} of dense token-layers, ${result.keptTokensMean.toFixed(0)} at the last layer, ${percent(result.macsRatio)} of dense MACs`,
    `  latency  p50 ${latencyMs.p50.toFixed(1)} ms, p95 ${latencyMs.p95.toFixed(1)} ms over ${result.queries} queries (${queriesPerEpisode.toFixed(1)} an episode), ${result.replans} early replans`,
    ...Object.entries(result.tasks ?? {}).map(([task, group]) => `  ${task}: ${describeGroup(group)}`),
    ...(phrasings?.trained && phrasings.heldOut
      ? [
          `  phrasings known from training: ${describeGroup(phrasings.trained)}`,
          `  phrasings held out: ${describeGroup(phrasings.heldOut)}`,
        ]
      : []),
    ...(failures.length > 0 ? [`  failures ${failures.join(', ')}; seeds ${result.failedSeeds.join(', ')}`] : []),
    '',
  ].join('\n')
}

function describeGroup({ successes, episodes, wilson95 }: GroupResult): string {
  return `${successes} of ${episodes} (${percent(successes / episodes)}, 95 % ${percent(wilson95[0])} to ${percent(wilson95[1])})`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
