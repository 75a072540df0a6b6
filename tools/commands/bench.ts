import { cpus, loadavg } from 'node:os'
import { formatMethod, type Method } from '../../src/core/pruning/registry.ts'
import type { RecordedEpisode } from '../../src/data/episodeSource.ts'
import type { NodeBackend, NodePolicy } from '../../src/runtime/node/nodePolicy.ts'
import { measureGemmPeak } from '../bench/gemmPeak.ts'
import { type Contender, obstacleToFusing, timeInterleaved, type TimedQuery } from '../bench/interleaved.ts'
import { peakMemoryBytes } from '../bench/peakMemory.ts'
import { type BenchRow, latenciesOf, type Ratio, ratioOfMedians, summarise } from '../bench/report.ts'
import type { CommandIo } from '../cli/io.ts'
import { type AppVersion, appVersion } from '../cli/project.ts'
import { openWarmPolicy } from '../policy/openModel.ts'
import { openRecordedEpisode } from '../policy/openEpisode.ts'

/** A checked call of `bench`. */
export interface BenchCall {
  backend: NodeBackend
  threads: number
  modelDirectory: string
  /** The same policy with int8 matrices, if there is one. */
  int8Directory?: string
  methods: readonly Method[]
  datasetDirectory: string
  episode: number
  rounds: number
  seed: number
  /** Also time peers at the budget of the first SpecPrune method. */
  peers: boolean
  /** Fail instead of warning when the machine is busy. */
  requireQuiet: boolean
  json: boolean
}

/** What `bench --json` prints. */
export interface BenchResult {
  version: 1
  ratios: {
    /** Dense over the fastest SpecPrune row, medians. */
    speedup?: number
    /** Layered engine that keeps everything over dense. */
    layeredKeepAll: number
    /** Time in the selector of that row over dense. */
    selectorShare?: number
    /** Dense over dense with int8 matrices. */
    int8?: number
  }
  /** The same ratios with 95 % intervals; rounds are resampled. */
  intervals: Record<string, Ratio>
  rows: BenchRow[]
  machine: {
    backend: NodeBackend
    threads: number
    processor: string
    cores: number
    agent: string
    /** Smallest step of the clock that was seen, microseconds. */
    timerResolutionUs: number
    /** Highest rate of a plain matrix product of the feed-forward block's shape, GFLOP/s. */
    gemmPeakGflops: number
    /** Most memory that the process held, all contenders together. */
    peakMemoryBytes: number
    /** Load of the machine (runnable processes, one-minute mean) before the first query. */
    loadBefore: number
    busy: boolean
  }
  app: AppVersion
  command: string
}

/** Methods that are timed at the budget that the first SpecPrune method turns out to have. */
const PEERS = ['random', 'fastv'] as const

/** Queries from which that budget is read. */
const BUDGET_ROUNDS = 6

const TIMER_READINGS = 50

const DENSE: Method = { id: 'dense', values: {} }

/** A one-minute load above this means that another job uses the cores. */
const QUIET_LOAD = 0.5

/** Times dense, keep-all and pruned queries against each other and prints the ratios. */
export async function bench(call: BenchCall, command: string, io: CommandIo): Promise<void> {
  const [loadBefore] = loadavg()
  const busy = loadBefore > QUIET_LOAD
  if (busy) {
    const text = `The machine is busy (load ${loadBefore.toFixed(1)}): times will be longer and ratios may be off.`
    if (call.requireQuiet) throw new Error(text)
    io.error(`Warning: ${text}\n`)
  }
  const episode = await openRecordedEpisode(call.datasetDirectory, call.episode)
  const policies = await openPolicies(call)
  try {
    const contenders = await contendersOf(call, policies, episode)
    const gemmPeakGflops = await gemmPeakOf(policies.float)
    const samples = await timeInterleaved({
      contenders,
      episode,
      executeSteps: policies.float.files.manifest.action.chunk,
      rounds: call.rounds,
      seed: call.seed,
      onRound: (round) => {
        if (round >= 0 && (round + 1) % 10 === 0) io.error(`round ${round + 1} of ${call.rounds}\n`)
      },
    })
    const rows = contenders.map((contender) => rowOf(contender, samples))
    const result: BenchResult = {
      version: 1,
      ...compareRows(rows, samples),
      rows,
      machine: {
        backend: call.backend,
        threads: call.threads,
        processor: cpus()[0]?.model.trim() ?? 'unknown processor',
        cores: cpus().length,
        agent: `Node ${process.versions.node}`,
        timerResolutionUs: timerResolutionUs(),
        gemmPeakGflops,
        peakMemoryBytes: peakMemoryBytes(),
        loadBefore,
        busy,
      },
      app: appVersion(),
      command,
    }
    io.output(call.json ? `${JSON.stringify(result, undefined, 2)}\n` : describe(result, episode))
  } finally {
    await policies.float.dispose()
    await policies.int8?.dispose()
  }
}

interface Policies {
  float: NodePolicy
  int8?: NodePolicy
}

async function openPolicies({ modelDirectory, int8Directory, threads, backend }: BenchCall): Promise<Policies> {
  const float = await openWarmPolicy(modelDirectory, threads, backend)
  if (int8Directory === undefined) return { float }
  return { float, int8: await openWarmPolicy(int8Directory, threads, backend) }
}

async function contendersOf(
  { methods, peers, seed }: BenchCall,
  { float, int8 }: Policies,
  episode: RecordedEpisode,
): Promise<Contender[]> {
  const all = peers ? [...methods, ...(await peersAtBudget(methods, float, episode, seed))] : methods
  const of = (policy: NodePolicy, suffix: string): Contender[] => [
    { id: `dense${suffix}`, policy, engine: 'dense', method: DENSE },
    { id: `keep-all${suffix}`, policy, engine: 'keep-all', method: DENSE },
    ...all.map((method) => ({ id: formatMethod(method) + suffix, policy, engine: 'pruned' as const, method })),
    ...all
      .filter((method) => obstacleToFusing(policy, method, episode) === undefined)
      .map((method) => ({ id: `${formatMethod(method)} fused${suffix}`, policy, engine: 'fused' as const, method })),
  ]
  return [...of(float, ''), ...(int8 ? of(int8, ' int8') : [])]
}

/** The peers at the budget of the first SpecPrune method, which a short run tells. */
async function peersAtBudget(
  methods: readonly Method[],
  policy: NodePolicy,
  episode: RecordedEpisode,
  seed: number,
): Promise<Method[]> {
  const method = methods.find(({ id }) => id === 'specprune')
  if (!method) return []
  const contenders: Contender[] = [{ id: 'budget', policy, engine: 'pruned', method }]
  const executeSteps = policy.files.manifest.action.chunk
  const samples = await timeInterleaved({ contenders, episode, executeSteps, rounds: BUDGET_ROUNDS, seed })
  const budget = samples.reduce((sum, sample) => sum + sample.budget, 0) / samples.length
  return PEERS.map((id) => ({ id, values: { budget: Number(budget.toFixed(2)) } }))
}

function gemmPeakOf({ ort, settings, files }: NodePolicy): Promise<number> {
  const { layout, model } = files.manifest
  return measureGemmPeak(ort, settings, { rows: layout.length, inner: model.width, columns: model.feedForward })
}

/** The smallest difference of two readings of the clock, microseconds. */
function timerResolutionUs(): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let reading = 0; reading < TIMER_READINGS; reading++) {
    const start = performance.now()
    let now = start
    while (now === start) now = performance.now()
    smallest = Math.min(smallest, now - start)
  }
  return 1000 * smallest
}

function rowOf(contender: Contender, samples: readonly TimedQuery[]): BenchRow {
  const { id, engine, policy, method } = contender
  return summarise(samples, {
    id,
    engine,
    model: policy.files.manifest.id,
    ...(engine === 'pruned' || engine === 'fused' ? { method: formatMethod(method) } : {}),
  })
}

function compareRows(
  rows: readonly BenchRow[],
  samples: readonly TimedQuery[],
): Pick<BenchResult, 'ratios' | 'intervals'> {
  const times = (id: string) => latenciesOf(samples, id)
  const dense = times('dense')
  const intervals: Record<string, Ratio> = { layeredKeepAll: ratioOfMedians(times('keep-all'), dense) }
  const model = rows[0].model
  const specprune = rows
    .filter((row) => row.model === model && row.method?.startsWith('specprune') === true)
    .sort((a, b) => a.p50 - b.p50)
    .at(0)
  if (specprune) {
    const select = samples.filter(({ contender }) => contender === specprune.id).map(({ stagesMs }) => stagesMs.select)
    intervals.speedup = ratioOfMedians(dense, times(specprune.id))
    intervals.selectorShare = ratioOfMedians(select, dense)
  }
  if (rows.some(({ id }) => id === 'dense int8')) intervals.int8 = ratioOfMedians(dense, times('dense int8'))
  for (const { id } of rows) if (id !== 'dense') intervals[`dense / ${id}`] = ratioOfMedians(dense, times(id))
  return {
    intervals,
    ratios: {
      layeredKeepAll: intervals.layeredKeepAll.estimate,
      ...(specprune ? { speedup: intervals.speedup.estimate, selectorShare: intervals.selectorShare.estimate } : {}),
      ...('int8' in intervals ? { int8: intervals.int8.estimate } : {}),
    },
  }
}

function describe({ rows, intervals, machine }: BenchResult, episode: RecordedEpisode): string {
  const header = `${machine.backend}, ${machine.threads} thread(s), ${machine.processor}; episode ${episode.key}`
  const share = (gflops: number) => `${((100 * gflops) / machine.gemmPeakGflops).toFixed(0)} %`
  const width = Math.max(...rows.map(({ id }) => id.length))
  const lines = rows.map(({ id, p50, p95, n, budget, stagesMs, gflops }) => {
    const ratio = id === 'dense' ? undefined : intervals[`dense / ${id}`]
    const speed = ratio
      ? `${ratio.estimate.toFixed(2)}x [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]`
      : 'baseline'
    const tokens = `${(100 * budget).toFixed(0)} % of token-layers`
    return `  ${id.padEnd(width)}  p50 ${p50.toFixed(1)} ms  p95 ${p95.toFixed(1)} ms  n ${n}  ${speed}  ${tokens}, selector ${stagesMs.select.toFixed(2)} ms, ${share(gflops)} of the GEMM peak`
  })
  return [header, ...lines, ''].join('\n')
}
