import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { methodKey } from '../../src/core/pruning/methodList.ts'
import { findSelector, resolveParameters } from '../../src/core/pruning/registry.ts'
import { SEED_RANGES, splitOfSeed } from '../../src/simulation/seeds.ts'
import { horizonOf, type SuiteId } from '../../src/simulation/tasks.ts'
import { tune, type TuneRequest } from '../commands/tune.ts'
import { type Axis, drawCandidates, gridCandidates, parseAxis } from '../evaluation/tuneSpace.ts'
import { executeStepsFor, findModel } from '../policy/openModel.ts'
import { asUsage, type CommandIo, UsageError } from './io.ts'
import { parseSeeds, parseSuites, resolveMethod, type SeedRange, SUITE_IDS, wholeNumber } from './options.ts'
import { commandText, ROOT } from './project.ts'

interface TuneOptions {
  suite: readonly SuiteId[]
  seeds: SeedRange
  candidates: number
  searchSeed: number
  vary: readonly Axis[]
  set: readonly string[]
  budget?: number
  baseline: string
  maxMacs?: number
  rounds: number
  execute?: number
  horizon?: number
  threads: number
  model?: string
  workers: number
  journal?: string
  out?: string
  preset?: string
  json: boolean
}

/** Journals of calls that name none; deleted when their search is complete. */
const UNNAMED_JOURNALS = join(ROOT, 'node_modules/.cache/specprune')

/** Adds `specprune tune`. @param parameters the whole command line, for the record */
export function addTune(program: Command, io: CommandIo, parameters: readonly string[]): void {
  const collect =
    <T>(read: (text: string) => T) =>
    (text: string, previous: readonly T[]) => [...previous, asUsage(() => read(text))]
  program
    .command('tune')
    .description('Searches values of SpecPrune for a policy on validation seeds: the preset "tuned".')
    .requiredOption('--suite <suite>', `task suite: ${SUITE_IDS.join(', ')} or all`, parseSuites)
    .requiredOption('--seeds <A..B>', 'validation seeds (100000 to 199999), both ends included', parseSeeds)
    .option('--candidates <count>', 'candidates of a random search', wholeNumber('--candidates', 1, 10_000), 32)
    .option('--search-seed <seed>', 'seed of the random search', wholeNumber('--search-seed', 0, 2 ** 31 - 1), 0)
    .option('--vary <name=a|b>', 'grid search over these values instead; may be repeated', collect(parseAxis), [])
    .option('--set <name=value>', 'a value that every candidate has; may be repeated', collect(String), [])
    .option('--budget <share>', 'run all at this share of token-layers', share)
    .option('--baseline <method>', 'what candidates are measured against', 'specprune:paper-v3')
    .option('--max-macs <share>', "limit of cost as a share of dense (default: the baseline's)", share)
    .option(
      '--rounds <count>',
      'rounds, each with half the candidates on twice the seeds',
      wholeNumber('--rounds', 1, 10),
      3,
    )
    .option(
      '--execute <count>',
      'actions of a chunk before the next query (default: all)',
      wholeNumber('--execute', 1, 64),
    )
    .option(
      '--horizon <steps>',
      "control steps of an episode (default: the suite's)",
      wholeNumber('--horizon', 1, 10_000),
    )
    .option('--threads <count>', 'threads of the policy in each process', wholeNumber('--threads', 1, 64), 1)
    .option('--model <id>', "folder in public/models, or a path (default: the page's)")
    .option('--workers <count>', 'processes', wholeNumber('--workers', 1, 256), availableParallelism())
    .option('--journal <file>', 'where finished episodes are kept, to go on after a stop (default: beside --out)')
    .option('--out <file>', 'also write the result to a file')
    .option('--preset <file>', 'also write the best values as the preset (src/core/pruning/specpruneTuned.ts)')
    .option('--json', 'print one JSON object and nothing else', false)
    .action((options: TuneOptions) => tune(requestOf(options, commandText('tune', parameters.slice(1))), io))
}

function requestOf(options: TuneOptions, command: string): TuneRequest {
  const { suite: suites, seeds, vary, budget, maxMacs, rounds, threads, horizon, workers, out, preset, json } = options
  for (const seed of [seeds.first, seeds.last]) {
    if (splitOfSeed(seed) === 'validation') continue
    const { first, last } = SEED_RANGES.validation
    throw new UsageError(`--seeds: a search may only see validation seeds, ${first} to ${last}; ${seed} is none.`)
  }
  const { directory, manifest } = findModel(options.model)
  const withBudget = budget === undefined ? options.set : [...options.set, `budget=${budget}`]
  const fixed = resolveMethod({ method: 'specprune', set: withBudget }).values
  const candidates =
    vary.length > 0 ? gridCandidates(vary, fixed) : drawCandidates(options.candidates, options.searchSeed, fixed)
  const definition = findSelector('specprune')
  for (const values of candidates) asUsage(() => resolveParameters(definition, undefined, values))
  const baseline = resolveMethod({ method: options.baseline, set: budget === undefined ? [] : [`budget=${budget}`] })
  const settings = {
    modelDirectory: directory,
    threads,
    executeSteps: executeStepsFor(manifest, options.execute),
    horizonSteps: horizon ?? Math.max(...suites.map(horizonOf)),
    methodSeed: 0,
  }
  const work = JSON.stringify([
    ...[suites, seeds, rounds, settings, manifest.weights.sha256, methodKey(baseline)],
    candidates,
  ])
  return {
    ...{ suites, seeds, candidates, baseline, rounds, manifest, settings, workers, command, json },
    ...(maxMacs !== undefined && { maxMacsRatio: maxMacs }),
    ...(out !== undefined && { out }),
    ...(preset !== undefined && { preset }),
    journal: journalOf(options, work),
  }
}

function journalOf({ journal, out }: TuneOptions, work: string): TuneRequest['journal'] {
  if (journal !== undefined) return { path: journal, keep: true }
  if (out !== undefined) return { path: `${out.replace(/\.json$/, '')}.journal.jsonl`, keep: false }
  const name = createHash('sha256').update(work).digest('hex').slice(0, 16)
  return { path: join(UNNAMED_JOURNALS, `tune-${name}.jsonl`), keep: false }
}

function share(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= 1) return value
  throw new InvalidArgumentError(`expected a share above 0 and up to 1, got "${text}".`)
}
