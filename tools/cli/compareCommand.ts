import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { methodKey, parseMethodList } from '../../src/core/pruning/methodList.ts'
import { formatMethod, findSelector, type Method, resolveParameters } from '../../src/core/pruning/registry.ts'
import type { NodeBackend } from '../../src/runtime/node/nodePolicy.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'
import { compare, type CompareRequest } from '../commands/compare.ts'
import { executeStepsFor, findModel } from '../policy/openModel.ts'
import { asUsage, type CommandIo, UsageError } from './io.ts'
import {
  BACKEND_HELP,
  parseBackend,
  parseSeeds,
  parseSuites,
  type SeedRange,
  SUITE_IDS,
  wholeNumber,
} from './options.ts'
import { commandText, ROOT } from './project.ts'

interface CompareOptions {
  methods: readonly Method[]
  suite: readonly SuiteId[]
  seeds: SeedRange
  agreement?: SeedRange
  execute?: number
  horizon?: number
  threads: number
  backend: NodeBackend
  model?: string
  methodSeed: number
  workers: number
  allPairs: boolean
  bootstrap: number
  journal?: string
  journalOnly: boolean
  out?: string
  title?: string
  json: boolean
}

/** Journals of calls that name none; deleted when their run is complete. */
const UNNAMED_JOURNALS = join(ROOT, 'node_modules/.cache/specprune')

/** Adds `specprune compare`. @param parameters the whole command line, for the record */
export function addCompare(program: Command, io: CommandIo, parameters: readonly string[]): void {
  program
    .command('compare')
    .description('Plays several methods closed loop on the same seeds and compares them, paired.')
    .requiredOption(
      '--methods <list>',
      'methods, separated by commas: dense,random:keep=0.3; the first is the reference',
      parseMethods,
    )
    .requiredOption(
      '--suite <suite>',
      `task suite: ${SUITE_IDS.join(', ')} or all; several with commas`,
      parseSuiteList,
    )
    .requiredOption('--seeds <A..B>', 'seeds of the episodes, both ends included', parseSeeds)
    .option('--agreement <A..B>', 'also compare chunks open loop on the dense episodes of these seeds', parseSeeds)
    .option('--all-pairs', 'compare every two methods, not only each with the first', false)
    .option(
      '--execute <count>',
      'actions of a chunk before the next query (default: all)',
      wholeNumber('--execute', 1, 64),
    )
    .option(
      '--horizon <steps>',
      "control steps after which an episode has failed (default: each suite's own)",
      wholeNumber('--horizon', 1, 10_000),
    )
    .option('--threads <count>', 'threads of the policy in each process', wholeNumber('--threads', 1, 64), 1)
    .option('--backend <backend>', BACKEND_HELP, parseBackend, 'node')
    .option('--model <id>', "folder in public/models, or a path (default: the page's)")
    .option(
      '--method-seed <seed>',
      "seed of the methods' own randomness",
      wholeNumber('--method-seed', 0, 2 ** 31 - 1),
      0,
    )
    .option(
      '--workers <count>',
      'processes (default: one per core); with more than one, latencies include waiting',
      wholeNumber('--workers', 1, 256),
      availableParallelism(),
    )
    .option(
      '--bootstrap <count>',
      'resamples of the paired bootstrap',
      wholeNumber('--bootstrap', 100, 1_000_000),
      10_000,
    )
    .option('--journal <file>', 'where finished episodes are kept, to go on after a stop (default: beside --out)')
    .option('--journal-only', 'play and keep a journal, without a result', false)
    .option('--out <file>', 'also write the result to a file')
    .option('--title <text>', 'heading of the result')
    .option('--json', 'print one JSON object and nothing else', false)
    .action((options: CompareOptions) => compare(requestOf(options, commandText('compare', parameters.slice(1))), io))
}

function requestOf(options: CompareOptions, command: string): CompareRequest {
  const { directory, manifest } = findModel(options.model)
  const { methods, seeds, agreement, threads, backend, horizon, methodSeed, workers, allPairs } = options
  const { journalOnly, out, json } = options
  if (journalOnly && options.journal === undefined) throw new UsageError('--journal-only needs --journal <file>.')
  const settings = {
    modelDirectory: directory,
    threads,
    ...(backend === 'wasm' && { backend }),
    executeSteps: executeStepsFor(manifest, options.execute),
    ...(horizon !== undefined && { horizonSteps: horizon }),
    methodSeed,
  }
  const request = {
    ...{ methods, suites: options.suite, seeds, manifest, settings, workers, allPairs, journalOnly, json, command },
    ...(agreement && { agreementSeeds: agreement }),
    ...(out !== undefined && { out }),
    ...(options.title !== undefined && { title: options.title }),
    bootstrap: { samples: options.bootstrap, seed: 0 },
  }
  return { ...request, journal: journalOf(options, request) }
}

/** A journal that was not named has a name made of the work, so that the same call finds it again. */
function journalOf(
  { journal, out }: CompareOptions,
  { methods, suites, seeds, agreementSeeds, settings, manifest }: Omit<CompareRequest, 'journal'>,
): CompareRequest['journal'] {
  if (journal !== undefined) return { path: journal, keep: true }
  if (out !== undefined) return { path: `${out.replace(/\.json$/, '')}.journal.jsonl`, keep: false }
  const work = JSON.stringify([
    methods.map(methodKey),
    suites,
    seeds,
    agreementSeeds,
    settings,
    manifest.weights.sha256,
  ])
  const name = createHash('sha256').update(work).digest('hex').slice(0, 16)
  return { path: join(UNNAMED_JOURNALS, `compare-${name}.jsonl`), keep: false }
}

function parseMethods(text: string): Method[] {
  const methods = asUsage(() => parseMethodList(text))
  for (const method of methods) asUsage(() => resolveParameters(findSelector(method.id), method.preset, method.values))
  const labels = methods.map(formatMethod)
  const repeated = labels.find((label, i) => labels.indexOf(label) !== i)
  if (repeated !== undefined) throw new UsageError(`--methods: "${repeated}" is named twice.`)
  return methods
}

function parseSuiteList(text: string): SuiteId[] {
  return [...new Set(text.split(',').flatMap((part) => parseSuites(part.trim())))]
}
