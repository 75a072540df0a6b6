import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Method } from '../../src/core/pruning/registry.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'
import { compare } from '../commands/compare.ts'
import { measureAttention, writeResultIndex } from '../commands/evidence.ts'
import { methodsOfPlan, type Plan, planNames, readPlan } from '../evaluation/plans.ts'
import type { UnitSettings } from '../evaluation/units.ts'
import { executeStepsFor, findModel } from '../policy/openModel.ts'
import { type CommandIo, UsageError } from './io.ts'
import { parseSeeds, parseSuites, type SeedRange, SUITE_IDS, wholeNumber } from './options.ts'
import { commandText, ROOT } from './project.ts'

interface EvidenceOptions {
  suite?: readonly SuiteId[]
  seeds?: SeedRange
  model?: string
  workers: number
  journal?: string
  out: string
  skipUnknown: boolean
  check: boolean
  json: boolean
}

/** Adds `specprune evidence`. @param parameters the whole command line, for the record */
export function addEvidence(program: Command, io: CommandIo, parameters: readonly string[]): void {
  program
    .command('evidence')
    .description('Regenerates a file of public/results from its plan; without a name it lists the plans.')
    .argument('[plan]', 'name of a plan in tools/evaluation/plans')
    .option(
      '--suite <suite>',
      `suites, separated by commas (default: the plan's, or all that the model was trained for)`,
      parseList,
    )
    .option('--seeds <A..B>', "other seeds than the plan's, for a quicker look", parseSeeds)
    .option('--model <id>', "folder in public/models, or a path (default: the plan's, or the page's)")
    .option(
      '--workers <count>',
      'processes (default: one per core)',
      wholeNumber('--workers', 1, 256),
      availableParallelism(),
    )
    .option('--journal <file>', 'where finished episodes are kept (default: one for all plans of a model, in work/)')
    .option('--out <directory>', 'folder of the results', join(ROOT, 'public/results'))
    .option('--skip-unknown', 'leave out methods that do not exist here', false)
    .option('--check', 'check the plan and count its episodes, play nothing', false)
    .option('--json', 'print one JSON object and nothing else', false)
    .action((name: string | undefined, options: EvidenceOptions) => {
      if (name === undefined) return listPlans(options, io)
      return regenerate(name, options, commandText('evidence', parameters.slice(1)), io)
    })
}

function listPlans({ json }: EvidenceOptions, io: CommandIo): void {
  const plans = planNames().map((name) => ({ name, ...readPlan(name) }))
  if (json) io.output(`${JSON.stringify({ plans }, undefined, 2)}\n`)
  else for (const { name, title, question } of plans) io.output(`${name}: ${title}. ${question}\n`)
}

async function regenerate(name: string, options: EvidenceOptions, command: string, io: CommandIo): Promise<void> {
  const plan = readPlan(name)
  const { directory, manifest } = findModel(options.model ?? plan.model)
  const methods = plan.kind === 'comparison' ? methodsFor(name, plan, options, io) : []
  const planned = plan.kind === 'comparison' ? plan.suites : undefined
  const suites = options.suite ?? planned ?? suitesOf(manifest)
  const seeds = options.seeds ?? parseSeeds(plan.seeds)
  if (options.check) {
    const episodes = Math.max(1, methods.length) * suites.length * (seeds.last - seeds.first + 1)
    const check = { plan: name, methods: methods.length, suites, seeds, episodes }
    io.output(`${JSON.stringify(check)}\n`)
    return
  }
  const settings: UnitSettings = {
    modelDirectory: directory,
    threads: 1,
    executeSteps: executeStepsFor(manifest, undefined),
    methodSeed: 0,
  }
  const common = { title: plan.title, suites, seeds, manifest, settings, workers: options.workers, command }
  const journal = options.journal ?? journalOf(manifest)
  const out = join(options.out, `${name}.json`)
  if (plan.kind === 'attention') {
    const file = await measureAttention({ ...common, journal, out }, io)
    io.output(options.json ? `${JSON.stringify(file)}\n` : `Wrote ${out}.\n`)
  } else {
    const call = { ...common, methods, out, journal: { path: journal, keep: true }, json: options.json }
    const agreement = plan.agreement === undefined ? {} : { agreementSeeds: parseSeeds(plan.agreement) }
    const rest = { allPairs: false, bootstrap: { samples: 10_000, seed: 0 }, journalOnly: false }
    await compare({ ...call, ...agreement, ...rest }, io)
  }
  writeResultIndex(options.out)
}

function methodsFor(
  name: string,
  plan: Extract<Plan, { kind: 'comparison' }>,
  { skipUnknown }: EvidenceOptions,
  io: CommandIo,
): Method[] {
  const methods = methodsOfPlan(name, plan, (text, problem) => {
    if (!skipUnknown) return false
    io.error(`Left out: ${text}: ${problem}\n`)
    return true
  })
  if (methods.length === 0) throw new UsageError(`plan ${name}: no method is left.`)
  return methods
}

/** One journal for all plans of a model: what one plan has played, another need not play again. */
function journalOf({ id, weights }: Manifest): string {
  return join(ROOT, 'work/evidence', `${id}-${weights.sha256.slice(0, 12)}.jsonl`)
}

function suitesOf({ suites }: Manifest): SuiteId[] {
  const known = SUITE_IDS.filter((id) => suites.includes(id))
  if (known.length > 0) return known
  throw new UsageError('the model names no suite that it was trained for; name one with --suite.')
}

function parseList(text: string): SuiteId[] {
  return [...new Set(text.split(',').flatMap((part) => parseSuites(part.trim())))]
}
