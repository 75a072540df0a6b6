import { basename, join } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { type Method, selectorRegistry } from '../../src/core/pruning/registry.ts'
import { type SuiteId, type Wording, WORDINGS } from '../../src/simulation/tasks.ts'
import { evaluate } from '../commands/evaluate.ts'
import { record } from '../commands/record.ts'
import { replay } from '../commands/replay.ts'
import { executeStepsFor, findModel } from '../policy/openModel.ts'
import { addBench } from './benchCommand.ts'
import { addCompare } from './compareCommand.ts'
import { addEvidence } from './evidenceCommand.ts'
import { type CommandIo, EXIT, oneLine, UsageError } from './io.ts'
import { addMethods } from './methodsCommand.ts'
import {
  type MethodOptions,
  type MistakeBySeed,
  parseMistakes,
  parseSeedNames,
  parseSeeds,
  parseSuite,
  parseSuites,
  parseWording,
  resolveMethod,
  type SeedRange,
  SUITE_IDS,
  wholeNumber,
} from './options.ts'
import { commandText, ROOT } from './project.ts'
import { addTune } from './tuneCommand.ts'

const COMMANDS = ['record', 'evaluate', 'compare', 'tune', 'replay', 'bench', 'evidence', 'methods'] as const

const METHOD_IDS = selectorRegistry.map((entry) => entry.id).join(', ')

const SUITES_TEXT = SUITE_IDS.join(', ')

interface RecordOptions {
  suite: SuiteId
  seeds: SeedRange
  out: string
  mistake: MistakeBySeed
  policy: number[]
  model?: string
  json: boolean
}

interface PolicyOptions extends MethodOptions {
  execute?: number
  threads: number
  model?: string
  methodSeed: number
  json: boolean
}

interface EvaluateOptions extends PolicyOptions {
  suite: SuiteId[]
  seeds: SeedRange
  horizon?: number
  wording: Wording
  workers: number
}

interface ReplayOptions extends PolicyOptions {
  episode: number
  dataset: string
  scores: boolean
  selector?: string
  out?: string
}

/**
 * Runs the command line.
 * @param parameters without the program's own name
 * @returns the exit status: 0 done, 1 failed, 2 wrong use
 */
export async function runCommandLine(parameters: readonly string[], io: CommandIo): Promise<number> {
  try {
    await createProgram(io, parameters).parseAsync([...parameters], { from: 'user' })
    return EXIT.done
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
    const wrongUse = error instanceof UsageError || error instanceof CommanderError
    io.error(`specprune: ${messageOf(error)}\n`)
    return wrongUse ? EXIT.wrongUse : EXIT.failed
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof CommanderError)) return oneLine(error)
  const known = `Known commands: ${COMMANDS.join(', ')}.`
  // Commander's answer to no command at all is its whole help.
  if (error.code === 'commander.help') return `which command? ${known}`
  const text = oneLine(error).replace(/^error: /, '')
  return error.code === 'commander.unknownCommand' ? `${text}. ${known}` : `${text}. See --help.`
}

function createProgram(io: CommandIo, parameters: readonly string[]): Command {
  const program = new Command('specprune')
    .description(
      'Records episodes, measures task success and replays recordings with pruned policies, without a browser.',
    )
    .helpCommand(false)
    .addHelpText('after', '\nExit status: 0 done, 1 failed, 2 wrong use.')
  addRecord(program, io)
  addEvaluate(program, io, parameters)
  addCompare(program, io, parameters)
  addTune(program, io, parameters)
  addReplay(program, io)
  addBench(program, io, parameters)
  addEvidence(program, io, parameters)
  addMethods(program, io)
  for (const command of [program, ...program.commands]) quiet(command, io)
  return program
}

/** Makes a command throw instead of ending the process, and keeps its complaints for {@link runCommandLine}. */
function quiet(command: Command, io: CommandIo): void {
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: (text) => io.output(text), writeErr: () => undefined })
}

function addRecord(program: Command, io: CommandIo): void {
  program
    .command('record')
    .description(
      'Records the expert, or a policy, in the simulator as a LeRobot v3.0 dataset with an index for the page.',
    )
    .requiredOption('--suite <suite>', `task suite: ${SUITES_TEXT}`, parseSuite)
    .requiredOption('--seeds <A..B>', 'seeds of the episodes, both ends included', parseSeeds)
    .requiredOption('--out <directory>', 'where the dataset goes; an earlier recording there is replaced')
    .option('--mistake <list>', 'seed:missed-grasp or seed:drop, separated by commas', parseMistakes, new Map())
    .option('--policy <seeds>', 'seeds that the dense policy plays, separated by commas', parseSeedNames, [])
    .option('--model <id>', "folder in public/models, or a path (default: the page's)")
    .option('--json', 'print one JSON object and nothing else', false)
    .action(({ mistake, policy, ...options }: RecordOptions) =>
      record({ ...options, mistakes: mistake, policySeeds: policy }, io),
    )
}

function addEvaluate(program: Command, io: CommandIo, parameters: readonly string[]): void {
  const command = program
    .command('evaluate')
    .description('Plays seeds closed loop and counts successes.')
    .requiredOption('--suite <suite>', `task suite: ${SUITES_TEXT} or all`, parseSuites)
    .requiredOption('--seeds <A..B>', 'seeds of the episodes, both ends included', parseSeeds)
    .option(
      '--horizon <steps>',
      "control steps after which an episode has failed (default: the suite's own)",
      wholeNumber('--horizon', 1, 10_000),
    )
    .option('--wording <wording>', `how the tasks are said: ${WORDINGS.join(', ')}`, parseWording, 'plain')
    .option(
      '--workers <count>',
      'processes; with more than one, latencies include waiting',
      wholeNumber('--workers', 1, 64),
      1,
    )
  withPolicyOptions(command).action((options: EvaluateOptions) => {
    const method = resolveMethod(options)
    const { directory, manifest } = findModel(options.model)
    const settings = {
      modelDirectory: directory,
      threads: options.threads,
      method,
      executeSteps: executeStepsFor(manifest, options.execute),
      ...(options.horizon !== undefined && { horizonSteps: options.horizon }),
      wording: options.wording,
      methodSeed: options.methodSeed,
    }
    const text = commandText('evaluate', parameters.slice(1))
    const { suite: suites, seeds, workers, json } = options
    return evaluate({ suites, seeds, manifest, settings, workers, command: text, json }, io)
  })
}

function addReplay(program: Command, io: CommandIo): void {
  const command = program
    .command('replay')
    .description('Replays a recorded episode open loop and prints the run record.')
    .requiredOption('--episode <index>', 'number of the episode, from 0', wholeNumber('--episode', 0, 1_000_000))
    .option('--dataset <directory>', 'the recording', join(ROOT, 'public/episodes/object'))
    .option('--selector <file>', 'a selector of your own instead of --method: a .js file, see docs/add-a-selector.md')
    .option('--scores', 'keep the attention scores in the record', false)
    .option('--out <file>', 'also write the run record to a file')
  withPolicyOptions(command, false).action((options: ReplayOptions) => {
    const { selector } = options
    const method = selector === undefined ? resolveMethod(options) : methodOfFile(selector, options)
    const { directory, manifest } = findModel(options.model)
    const { dataset, episode, threads, methodSeed, scores, out, json } = options
    const executeSteps = executeStepsFor(manifest, options.execute)
    return replay(
      {
        ...{ datasetDirectory: dataset, episode, modelDirectory: directory, threads, method, executeSteps },
        ...{ methodSeed, scores, json },
        ...(out !== undefined && { out }),
        ...(selector !== undefined && { selector }),
      },
      io,
    )
  })
}

/** What a record names when the selector is a file. @throws UsageError if a method is named too */
function methodOfFile(selector: string, { method, preset, set }: Partial<MethodOptions>): Method {
  if (method === undefined && preset === undefined && set?.length === 0) {
    return { id: 'custom', values: { file: basename(selector) } }
  }
  throw new UsageError('--selector takes the place of --method, --preset and --set: its settings stand in the file.')
}

/** Options of every command that runs a policy. */
function withPolicyOptions(command: Command, methodNeeded = true): Command {
  const collect = (value: string, previous: readonly string[]) => [...previous, value]
  const method = new Option('--method <method>', `${METHOD_IDS}; a preset may follow after a colon`)
  return command
    .addOption(method.makeOptionMandatory(methodNeeded))
    .option('--preset <name>', 'named values of the method, for example paper-v3')
    .option('--set <key=value>', 'one parameter of the method; may be repeated', collect, [])
    .option(
      '--execute <count>',
      'actions of a chunk before the next query (default: all)',
      wholeNumber('--execute', 1, 64),
    )
    .option('--threads <count>', 'threads of the policy', wholeNumber('--threads', 1, 64), 1)
    .option('--model <id>', "folder in public/models, or a path (default: the page's)")
    .option(
      '--method-seed <seed>',
      "seed of the method's own randomness",
      wholeNumber('--method-seed', 0, 2 ** 31 - 1),
      0,
    )
    .option('--json', 'print one JSON object and nothing else', false)
}
