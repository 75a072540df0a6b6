import { join } from 'node:path'
import type { Command } from 'commander'
import { type Method, parseMethod } from '../../src/core/pruning/registry.ts'
import type { NodeBackend } from '../../src/runtime/node/nodePolicy.ts'
import { bench } from '../commands/bench.ts'
import { findModel, int8Directory } from '../policy/openModel.ts'
import { asUsage, type CommandIo } from './io.ts'
import { BACKEND_HELP, parseBackend, wholeNumber } from './options.ts'
import { commandText, ROOT } from './project.ts'

interface BenchOptions {
  backend: NodeBackend
  threads: number
  model?: string
  method: readonly Method[]
  dataset: string
  episode: number
  rounds: number
  seed: number
  int8: boolean
  peers: boolean
  requireQuiet: boolean
  json: boolean
}

/** The methods that are timed when none is named: the paper's, and one that also runs inside one graph. */
const DEFAULT_METHODS = ['specprune:paper-v3', 'specprune:paper-v3:staticCount=160']

/** Adds `specprune bench`. @param parameters the whole command line, for the record */
export function addBench(program: Command, io: CommandIo, parameters: readonly string[]): void {
  const collect = (text: string, previous: readonly Method[]) => [...previous, asUsage(() => parseMethod(text))]
  program
    .command('bench')
    .description('Times dense, keep-all and pruned queries interleaved on a recorded episode and prints their ratios.')
    .requiredOption('--backend <backend>', BACKEND_HELP, parseBackend)
    .option('--threads <count>', 'threads of the policy', wholeNumber('--threads', 1, 64), 1)
    .option('--model <id>', "folder in public/models, or a path (default: the page's)")
    .option('--method <method>', `method to time, may be repeated (default: ${DEFAULT_METHODS.join(' ')})`, collect, [])
    .option('--dataset <directory>', 'the recording', join(ROOT, 'public/episodes/object'))
    .option('--episode <index>', 'number of the episode', wholeNumber('--episode', 0, 1_000_000), 0)
    .option('--rounds <count>', 'timed queries of each contender', wholeNumber('--rounds', 1, 10_000), 40)
    .option('--seed <seed>', 'seed of the order within the rounds', wholeNumber('--seed', 0, 2 ** 31 - 1), 0)
    .option('--no-int8', 'leave out the int8 twin of the model')
    .option('--no-peers', 'leave out random and FastV at the budget of the first SpecPrune method')
    .option('--require-quiet', 'fail instead of warning when the machine is busy', false)
    .option('--json', 'print one JSON object and nothing else', false)
    .action((options: BenchOptions) => {
      const model = findModel(options.model)
      const twin = options.int8 ? int8Directory(model) : undefined
      const methods = options.method.length > 0 ? options.method : DEFAULT_METHODS.map(parseMethod)
      const { backend, threads, dataset, episode, rounds, seed, peers, requireQuiet, json } = options
      return bench(
        {
          ...{ backend, threads, methods, episode, rounds, seed, peers, requireQuiet, json },
          ...{ modelDirectory: model.directory, datasetDirectory: dataset },
          ...(twin !== undefined && { int8Directory: twin }),
        },
        commandText('bench', parameters.slice(1)),
        io,
      )
    })
}
