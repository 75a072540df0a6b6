import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { methodKey } from '../../src/core/pruning/methodList.ts'
import { formatMethod, type Method } from '../../src/core/pruning/registry.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import { comparePaired } from '../../src/core/statistics/pairedOutcomes.ts'
import { wilsonInterval } from '../../src/core/statistics/wilson.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'
import type { CommandIo } from '../cli/io.ts'
import { type SeedRange, seedList } from '../cli/options.ts'
import { appVersion } from '../cli/project.ts'
import { Journal } from '../evaluation/journal.ts'
import { Progress } from '../evaluation/progress.ts'
import { planRounds, rankTrials, type Trial } from '../evaluation/tuneRace.ts'
import type { Candidate } from '../evaluation/tuneSpace.ts'
import { playUnits } from '../evaluation/unitPool.ts'
import { type EpisodeUnit, type Unit, unitKey, type UnitSettings } from '../evaluation/units.ts'

/** A checked call of `tune`. */
export interface TuneRequest {
  suites: readonly SuiteId[]
  seeds: SeedRange
  candidates: readonly Candidate[]
  /** What candidates are measured against: the method that they may not cost more than. */
  baseline: Method
  /** Share of dense multiply-accumulates that a candidate may cost; without it what the baseline costs. */
  maxMacsRatio?: number
  rounds: number
  manifest: Manifest
  settings: UnitSettings & { horizonSteps: number }
  workers: number
  journal: { path: string; keep: boolean }
  out?: string
  /** TypeScript file for the preset. */
  preset?: string
  command: string
  json: boolean
}

/** A result of `tune`: what was tried and what came of it. */
export interface Tuning {
  version: 1
  kind: 'tuning'
  suites: readonly SuiteId[]
  seeds: SeedRange
  baseline: string
  maxMacsRatio: number
  rounds: { seeds: number; trials: (Trial & { method: string })[] }[]
  best: { method: string; values: Candidate; successes: number; episodes: number; macsRatio: number }
  /** The best against the baseline on all seeds. It was chosen on these seeds, so this flatters it. */
  comparison: ReturnType<typeof comparePaired> & { wilson95: [number, number] }
  provenance: {
    createdAt: string
    app: { version: string; commit?: string }
    command: string
    model: { id: string; weightsSha256: string }
    executeSteps: number
    horizonSteps: number
  }
}

/**
 * Searches values of SpecPrune for a policy by successive halving on validation seeds. Episodes that the journal has are
 * not played again, so the same call goes on after a stop.
 */
export async function tune(request: TuneRequest, io: CommandIo): Promise<void> {
  const { manifest, settings } = request
  const journal = Journal.open(request.journal.path, {
    model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
    executeSteps: settings.executeSteps,
    horizonSteps: settings.horizonSteps,
    methodSeed: settings.methodSeed,
  })
  try {
    const tuning = await race(request, journal, io)
    report(tuning, request, io)
    if (request.journal.keep) journal.close()
    else journal.remove()
  } catch (error) {
    journal.close()
    throw error
  }
}

async function race(request: TuneRequest, journal: Journal, io: CommandIo): Promise<Tuning> {
  const { candidates, baseline, suites, seeds, manifest, settings } = request
  const methods: Method[] = [baseline, ...candidates.map((values) => ({ id: 'specprune', values }))]
  const plan = planRounds(candidates.length, seeds.last - seeds.first + 1, request.rounds)
  let running = methods.map((_, i) => i)
  let ranking: Trial[] = []
  let limit = request.maxMacsRatio ?? 0
  const rounds: Tuning['rounds'] = []
  for (const round of plan) {
    // The baseline runs in every round: it sets the limit and is what the winner is compared with.
    running = [0, ...running.filter((i) => i > 0).slice(0, round.keep)]
    io.error(`Round ${rounds.length + 1} of ${plan.length}: ${running.length} candidates on ${round.seeds} seeds.\n`)
    const used = seedList(seeds).slice(0, round.seeds)
    await playMissing(
      request,
      journal,
      running.map((i) => methods[i]),
      used,
      io,
    )
    const trials = running.map((i) => trialOf(i, episodesOf(journal, methods[i], suites, used)))
    limit = request.maxMacsRatio ?? trials[0].macsRatio
    ranking = rankTrials(trials, limit)
    running = ranking.map(({ candidate }) => candidate)
    rounds.push({
      seeds: round.seeds,
      trials: ranking.map((trial) => ({ ...trial, method: formatMethod(methods[trial.candidate]) })),
    })
  }
  const [best] = ranking
  const all = seedList(seeds)
  const outcomesOf = (candidate: number) => episodesOf(journal, methods[candidate], suites, all)
  const [own, other] = [outcomesOf(best.candidate), outcomesOf(0)]
  const successes = (episodes: readonly EpisodeUnit[]) => episodes.map(({ success }) => success)
  const { low, high } = wilsonInterval(best.successes, best.episodes)
  return {
    version: 1,
    kind: 'tuning',
    suites,
    seeds,
    baseline: formatMethod(baseline),
    maxMacsRatio: limit,
    rounds,
    best: {
      method: formatMethod(methods[best.candidate]),
      values: methods[best.candidate].values,
      successes: best.successes,
      episodes: best.episodes,
      macsRatio: best.macsRatio,
    },
    comparison: {
      ...comparePaired(successes(other), successes(own), {
        clusters: own.map(({ task }) => task),
        samples: 10_000,
        seed: 0,
      }),
      wilson95: [low, high],
    },
    provenance: {
      createdAt: new Date().toISOString(),
      app: appVersion(),
      command: request.command,
      model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
      executeSteps: settings.executeSteps,
      horizonSteps: settings.horizonSteps,
    },
  }
}

async function playMissing(
  { suites, settings, workers }: TuneRequest,
  journal: Journal,
  methods: readonly Method[],
  seeds: readonly number[],
  io: CommandIo,
): Promise<void> {
  const units = suites.flatMap((suite) => seeds.flatMap((seed) => methods.map((method) => unitOf(suite, seed, method))))
  const missing = units.filter((unit) => !journal.content.results.has(unitKey(unit)))
  if (missing.length === 0) return
  const progress = new Progress(units.length, units.length - missing.length, io)
  const failed = await playUnits({
    settings,
    units: missing,
    workers,
    onDevice: (device) => journal.beginSession(device, appVersion().commit),
    onUnit: (unit, result) => {
      journal.add(result)
      progress.done(`${unit.suite} seed ${unit.seed} ${formatMethod(unit.method)}`)
    },
  })
  progress.end()
  const [first] = failed
  if (first) throw new Error(`${formatMethod(first.unit.method)} on seed ${first.unit.seed}: ${first.message}`)
}

function unitOf(suite: SuiteId, seed: number, method: Method): Unit {
  return { kind: 'episode', suite, seed, method, methodKey: methodKey(method) }
}

function episodesOf(
  journal: Journal,
  method: Method,
  suites: readonly SuiteId[],
  seeds: readonly number[],
): EpisodeUnit[] {
  return suites.flatMap((suite) =>
    seeds.map((seed) => {
      const found = journal.content.results.get(unitKey(unitOf(suite, seed, method)))
      if (found?.kind !== 'episode') throw new Error(`${formatMethod(method)}: seed ${seed} was not played.`)
      return found
    }),
  )
}

function trialOf(candidate: number, episodes: readonly EpisodeUnit[]): Trial {
  const queries = episodes.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0)
  const macs = episodes.reduce((sum, episode) => sum + episode.macs * episode.latenciesMs.length, 0)
  return {
    candidate,
    successes: episodes.filter(({ success }) => success).length,
    episodes: episodes.length,
    macsRatio: macs / (queries * episodes[0].denseMacs),
  }
}

function report(tuning: Tuning, { out, preset, json }: TuneRequest, io: CommandIo): void {
  const text = `${JSON.stringify(tuning, undefined, 2)}\n`
  const write = (path: string, content: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    io.error(`Wrote ${path}.\n`)
  }
  if (out !== undefined) write(out, text)
  if (preset !== undefined) write(preset, presetFile(tuning))
  io.output(json ? text : describeTuning(tuning))
}

/** The file from which the preset `tuned` reads its constants. */
export function presetFile({ best, suites, seeds, provenance }: Tuning): string {
  const { id, weightsSha256 } = provenance.model
  const range = `${suites.join(', ')}, validation seeds ${seeds.first} to ${seeds.last}`
  const source = `specprune tune on ${id} (weights ${weightsSha256.slice(0, 12)}), ${range}`
  const literal = (value: unknown): string =>
    Array.isArray(value) ? `[${value.join(', ')}]` : typeof value === 'string' ? `'${value}'` : String(value)
  const values = Object.entries(best.values).map(([name, value]) => `    ${name}: ${literal(value)},\n`)
  return `import type { SpecpruneValues } from './specpruneParameters.ts'

/** Constants of the preset \`tuned\` and where they come from: printed by \`specprune tune\`, not to be edited by hand. */
export const tuned: { source: string; values: Partial<SpecpruneValues> } = {
  source:
    '${source}',
  values: {${values.length > 0 ? `\n${values.join('')}  ` : ''}},
}
`
}

function describeTuning({ rounds, best, baseline, comparison, maxMacsRatio }: Tuning): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const rows = (rounds.at(-1)?.trials ?? []).map(
    ({ method, successes, episodes, macsRatio }) =>
      `  ${successes}/${episodes}  ${percent(macsRatio)} of dense MACs  ${method}\n`,
  )
  const { onlyFirst, onlySecond, mcnemarP } = comparison
  return [
    `Best within ${percent(maxMacsRatio)} of dense MACs: ${best.method}\n`,
    ...rows,
    `Against ${baseline} on the same seeds: ${onlySecond} : ${onlyFirst} discordant, McNemar p = ${mcnemarP.toPrecision(2)}. `,
    'The best was chosen on these seeds; only test seeds say what it is worth.\n',
  ].join('')
}
