import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type as systemType } from 'node:os'
import { dirname } from 'node:path'
import { methodKey } from '../../src/core/pruning/methodList.ts'
import { findSelector, formatMethod, type Method } from '../../src/core/pruning/registry.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import { type Comparison, COMPARISON_VERSION, type MethodDescription } from '../../src/data/results/comparison.ts'
import { horizonOf, type SuiteId } from '../../src/simulation/tasks.ts'
import type { CommandIo } from '../cli/io.ts'
import { type SeedRange, seedList } from '../cli/options.ts'
import { type AppVersion, appVersion } from '../cli/project.ts'
import { type BootstrapSettings, compareSuite, type MethodUnits } from '../evaluation/compareSuite.ts'
import { describeComparison } from '../evaluation/describeComparison.ts'
import { Journal, type JournalConditions } from '../evaluation/journal.ts'
import { Progress } from '../evaluation/progress.ts'
import { type FailedUnit, playUnits } from '../evaluation/unitPool.ts'
import { type Unit, unitKey, type UnitResult, type UnitSettings } from '../evaluation/units.ts'
import { describeMethod } from './evaluate.ts'

/** A checked call of `compare`. */
export interface CompareRequest {
  methods: readonly Method[]
  suites: readonly SuiteId[]
  seeds: SeedRange
  /** Seeds of the open-loop part; without them it is left out. */
  agreementSeeds?: SeedRange
  manifest: Manifest
  settings: UnitSettings
  workers: number
  allPairs: boolean
  bootstrap: BootstrapSettings
  journal: { path: string; keep: boolean }
  title?: string
  /** File for the result. */
  out?: string
  /** Play and journal only, without a result: the work of a shard. */
  journalOnly: boolean
  /** The command line that regenerates the result. */
  command: string
  json: boolean
}

/**
 * Plays all methods on the same seeds and compares them, paired. Units that the journal already has are not played again.
 * @throws if a unit cannot be played; the journal keeps the others
 */
export async function compare(request: CompareRequest, io: CommandIo): Promise<void> {
  const { manifest, settings, suites } = request
  const unknown = suites.filter((suite) => !manifest.suites.includes(suite))
  if (unknown.length > 0) io.error(`Note: ${manifest.id} was not trained for ${unknown.join(', ')}.\n`)
  const journal = Journal.open(request.journal.path, conditionsOf(manifest, settings))
  try {
    const app = appVersion()
    const played = await playMissing(request, journal, app, io)
    if (!request.journalOnly) report(summarise(request, journal, app, played), request, io)
    if (request.journal.keep) journal.close()
    else journal.remove()
  } catch (error) {
    journal.close()
    throw error
  }
}

/** All that must be equal for units to belong into one journal. */
export function conditionsOf(manifest: Manifest, settings: UnitSettings): JournalConditions {
  const { executeSteps, horizonSteps, methodSeed, backend } = settings
  return {
    model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
    executeSteps,
    ...(horizonSteps !== undefined && { horizonSteps }),
    methodSeed,
    ...(backend === 'wasm' && { backend }),
  }
}

/** @returns the number of units that were played now */
async function playMissing(request: CompareRequest, journal: Journal, app: AppVersion, io: CommandIo): Promise<number> {
  return playInto(journal, unitsOf(request), request, app, io)
}

/**
 * Plays the units that the journal does not have yet.
 * @returns the number of units that were played
 * @throws if a unit cannot be played; the journal keeps the others
 */
export async function playInto(
  journal: Journal,
  all: readonly Unit[],
  { settings, workers }: Pick<CompareRequest, 'settings' | 'workers'>,
  app: AppVersion,
  io: CommandIo,
): Promise<number> {
  const missing = all.filter((unit) => !journal.content.results.has(unitKey(unit)))
  const progress = new Progress(all.length, all.length - missing.length, io)
  if (missing.length === 0) return 0
  const others = journal.content.sessions.filter(({ commit }) => commit !== app.commit)
  if (others.length > 0) {
    io.error(`Warning: ${journal.path} holds episodes of other code (commit ${others[0].commit ?? 'unknown'}).\n`)
  }
  const failed = await playUnits({
    settings,
    units: missing,
    workers,
    onDevice: (device) => journal.beginSession(device, app.commit),
    onUnit: (unit, result) => {
      journal.add(result)
      progress.done(describeUnit(unit, result))
    },
  })
  progress.end()
  if (failed.length > 0) throw new Error(describeFailures(failed, journal.path))
  return missing.length
}

/** All units, seed by seed, so that the methods take turns and share whatever the machine does meanwhile. */
function unitsOf({ methods, suites, seeds, agreementSeeds }: CompareRequest): Unit[] {
  const keyed = methods.map((method) => ({ method, methodKey: methodKey(method) }))
  const distinct = keyed.filter(({ methodKey: key }, i) => keyed.findIndex((entry) => entry.methodKey === key) === i)
  const of = (kind: Unit['kind'], range: SeedRange | undefined) =>
    range === undefined
      ? []
      : suites.flatMap((suite) =>
          seedList(range).flatMap((seed) => distinct.map((method): Unit => ({ kind, suite, seed, ...method }))),
        )
  return [...of('episode', seeds), ...of('agreement', agreementSeeds)]
}

function summarise(request: CompareRequest, journal: Journal, app: AppVersion, played: number): Comparison {
  const { methods, suites, seeds, agreementSeeds, manifest, settings, bootstrap, allPairs, workers } = request
  const { results, sessions } = journal.content
  const suiteResults = suites.map((suite) => {
    const units = methods.map((method) => unitsOfMethod(request, results, suite, method))
    const horizonSteps = settings.horizonSteps ?? horizonOf(suite)
    return [suite, { horizonSteps, ...compareSuite(seeds, units, { allPairs, bootstrap }) }] as const
  })
  const distinct = <T>(values: readonly T[]) => [
    ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
  ]
  return {
    version: COMPARISON_VERSION,
    kind: 'comparison',
    ...(request.title !== undefined && { title: request.title }),
    methods: methods.map(describe),
    suites: Object.fromEntries(suiteResults),
    provenance: {
      createdAt: new Date().toISOString(),
      app,
      commits: distinct(sessions.flatMap(({ commit }) => (commit === undefined ? [] : [commit]))),
      command: request.command,
      model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
      executeSteps: settings.executeSteps,
      methodSeed: settings.methodSeed,
      ...(agreementSeeds && { agreementSeeds }),
      bootstrap,
      machine: {
        devices: distinct(sessions.map(({ device }) => device)),
        processor: cpus()[0]?.model.trim() ?? 'unknown processor',
        cores: cpus().length,
        memoryBytes: totalmem(),
        system: `${systemType()} ${release()}`,
      },
      workers,
      played,
    },
  }
}

function unitsOfMethod(
  { seeds, agreementSeeds }: CompareRequest,
  results: ReadonlyMap<string, UnitResult>,
  suite: SuiteId,
  method: Method,
): MethodUnits {
  const key = methodKey(method)
  const find = (kind: Unit['kind'], seed: number): UnitResult => {
    const found = results.get(unitKey({ kind, suite, seed, methodKey: key }))
    if (found === undefined) throw new Error(`${formatMethod(method)}: ${suite} seed ${seed} was not played.`)
    return found
  }
  return {
    label: formatMethod(method),
    episodes: seedList(seeds)
      .map((seed) => find('episode', seed))
      .filter((result) => result.kind === 'episode'),
    agreements: (agreementSeeds ? seedList(agreementSeeds) : [])
      .map((seed) => find('agreement', seed))
      .filter((result) => result.kind === 'agreement'),
  }
}

function describe(method: Method): MethodDescription {
  const label = formatMethod(method)
  return { label, title: findSelector(method.id).title, ...describeMethod(method), changed: Object.keys(method.values) }
}

function report(comparison: Comparison, { out, json }: CompareRequest, io: CommandIo): void {
  const text = `${JSON.stringify(comparison)}\n`
  if (out !== undefined) {
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, text)
    io.error(`Wrote ${out}: ${(text.length / 1000).toFixed(0)} kB.\n`)
  }
  io.output(json ? text : describeComparison(comparison))
}

function describeUnit({ kind, suite, seed, method }: Unit, result: UnitResult): string {
  return `${suite} seed ${seed} ${formatMethod(method)}${kind === 'episode' ? '' : ` (${kind})`}: ${outcomeOf(result)}`
}

function outcomeOf(result: UnitResult): string {
  switch (result.kind) {
    case 'episode':
      return `${result.success ? 'success' : (result.failure ?? 'failed')} after ${result.steps} steps`
    case 'agreement':
      return `L1 ${result.l1.toFixed(4)} over ${result.queries} queries`
    case 'attention':
      return 'measured'
  }
}

function describeFailures(failed: readonly FailedUnit[], journal: string): string {
  const texts = failed.map(
    ({ unit, message }) => `${formatMethod(unit.method)} on ${unit.suite} seed ${unit.seed}: ${message}`,
  )
  return `${texts.join(' ')} The other methods are finished; ${journal} keeps them, and the same call goes on from there.`
}
