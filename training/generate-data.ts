/**
 * Makes training data from the simulator, in shards of NumPy files:
 *   npx tsx training/generate-data.ts --suite object --out work/data/object --static 30000 --trajectories 900 --workers 2
 *   npx tsx training/generate-data.ts --suite all --out work/data/all --static 120000 --trajectories 3600 --workers 2
 *   npx tsx training/generate-data.ts --out work/data/object --static 0 --trajectories 0 --visited 600 --model public/models/object
 * `--visited` lets a policy act and labels what it comes to see; its shards are numbered from `--visited-from`, the other
 * ones from `--from`: fresh data for weights that have seen the first shards.
 * `--tasks nearest-to-tray,farthest-from-tray` keeps the seeds of these tasks alone, of the ones that the numbers count.
 * `--suite` is one suite, several (`goal,long`) or `all`; the numbers are totals over the suites. Deterministic, and
 * resumable: a shard whose meta.json exists is skipped.
 */
import { fork } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  generateShard,
  isShardOf,
  planMixedShards,
  planShards,
  type ShardJob,
} from '../src/simulation/dataset/generate.ts'
import { npyBody, npyHeader } from '../src/simulation/dataset/npy.ts'
import type { ChunkPolicy } from '../src/simulation/dataset/visited.ts'
import { createEnvironment } from '../src/simulation/environment.ts'
import type { DataKind, ShardMeta } from '../src/simulation/dataset/shard.ts'
import { UsageError } from '../tools/cli/io.ts'
import { runStandalone } from '../tools/cli/standalone.ts'
import { openWarmPolicy } from '../tools/policy/openModel.ts'
import { SUITE_IDS, type SuiteId, SUITES, type Wording, WORDINGS } from '../src/simulation/tasks.ts'

interface PoolOptions {
  out: string
  workers: number
  /** Folder of the policy that visits. */
  model: string | undefined
}

type Shard = Awaited<ReturnType<typeof generateShard>>

/** A worker's answer to one job. */
interface JobResult {
  samples: number
  kept: number
  sizeBytes: number
}

function shardFolder(out: string, { kind, index, folder = index }: ShardJob): string {
  return join(out, kind, `shard-${String(folder).padStart(5, '0')}`)
}

/** Written under a temporary name first, so that a folder with its final name is always complete. */
function writeShard(folder: string, { arrays, meta }: Shard): number {
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  let sizeBytes = 0
  for (const { field, array, shape } of arrays) {
    const file = Buffer.concat([npyHeader(array, shape), npyBody(array)])
    writeFileSync(join(partial, `${field}.npy`), file)
    sizeBytes += file.length
  }
  writeFileSync(join(partial, 'meta.json'), `${JSON.stringify(meta, undefined, 2)}\n`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(partial, folder)
  return sizeBytes
}

async function openChunkPolicy(directory: string): Promise<ChunkPolicy> {
  const { engines } = await openWarmPolicy(directory, 1)
  return async (observation) => (await engines.dense.query(observation)).chunk
}

async function runWorker(out: string, model: string | undefined): Promise<void> {
  const environment = await createEnvironment()
  const policy = model === undefined ? undefined : await openChunkPolicy(model)
  const make = async (job: ShardJob) => {
    const shard = await generateShard(environment, job, policy)
    const sizeBytes = writeShard(shardFolder(out, job), shard)
    process.send?.({ samples: shard.meta.count, kept: shard.meta.kept, sizeBytes } satisfies JobResult)
  }
  process.on('message', (job: ShardJob) => {
    // A worker that cannot make a shard ends, and the pool says so.
    make(job).catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  })
  process.on('disconnect', () => {
    environment.dispose()
    process.exit(0)
  })
  process.send?.({ samples: 0, kept: 0, sizeBytes: 0 } satisfies JobResult)
}

function runPool(jobs: ShardJob[], { out, workers, model }: PoolOptions): Promise<void> {
  const startMs = performance.now()
  const total = jobs.length
  let [finished, samples, sizeBytes] = [0, 0, 0]
  const report = (job: ShardJob, result: JobResult) => {
    finished++
    samples += result.samples
    sizeBytes += result.sizeBytes
    const perSecond = samples / ((performance.now() - startMs) / 1000)
    const kept = job.kind !== 'static' ? `, ${result.kept}/${job.seedCount} episodes kept` : ''
    console.log(
      `${finished}/${total} ${job.suite} ${job.kind} ${job.index}: ${result.samples} samples${kept}; ` +
        `${perSecond.toFixed(1)} samples/s, ${(sizeBytes / 2 ** 30).toFixed(2)} GiB written`,
    )
  }
  const serve = () =>
    new Promise<void>((resolve, reject) => {
      const own = ['--worker', '--out', out, ...(model === undefined ? [] : ['--model', model])]
      const child = fork(fileURLToPath(import.meta.url), own, { execArgv: process.execArgv })
      let current: ShardJob | undefined
      child.on('message', (result: JobResult) => {
        if (current) report(current, result)
        current = jobs.shift()
        if (current) child.send(current)
        else child.disconnect()
      })
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))))
    })
  return Promise.all(Array.from({ length: workers }, serve)).then(() => undefined)
}

function parseCommandLine() {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string', default: 'object' },
      out: { type: 'string', default: 'work/data/object' },
      wording: { type: 'string' },
      tasks: { type: 'string' },
      static: { type: 'string', default: '30000' },
      trajectories: { type: 'string', default: '900' },
      from: { type: 'string', default: '0' },
      visited: { type: 'string', default: '0' },
      'visited-from': { type: 'string', default: '0' },
      model: { type: 'string' },
      workers: { type: 'string', default: '2' },
      worker: { type: 'boolean', default: false },
    },
  })
  const suites = values.suite === 'all' ? SUITE_IDS : values.suite.split(',').map(parseSuite)
  // Suite "object" alone keeps the form and the one wording that it has always had.
  const alone = suites.length === 1 && suites[0] === 'object'
  const tasks = values.tasks === undefined ? undefined : parseTasks(values.tasks, suites)
  return { ...values, suites, tasks, wording: parseWording(values.wording ?? (alone ? 'plain' : 'trained')) }
}

function parseSuite(name: string): SuiteId {
  const found = SUITE_IDS.find((id) => id === name)
  if (found === undefined) throw new UsageError(`Unknown suite "${name}". Suites: ${SUITE_IDS.join(', ')}, or all.`)
  return found
}

function parseTasks(names: string, suites: readonly SuiteId[]): string[] {
  const known = suites.flatMap((suite) => SUITES[suite].tasks)
  return names.split(',').map((name) => {
    if (known.includes(name)) return name
    throw new UsageError(`Unknown task "${name}". Tasks of ${suites.join(', ')}: ${known.join(', ')}.`)
  })
}

/** Held-out phrasings are for testing. */
function parseWording(name: string): Wording {
  const found = WORDINGS.find((wording) => wording === name && wording !== 'held-out' && wording !== 'mixed')
  if (found === undefined) throw new UsageError(`Unknown wording "${name}" for training data: plain or trained.`)
  return found
}

function planAll(suites: readonly SuiteId[], kind: DataKind, total: number, wording: Wording): ShardJob[] {
  const alone = suites.length === 1 && suites[0] === 'object' && wording === 'plain'
  return alone ? planShards('object', kind, total) : planMixedShards(suites, kind, total, wording)
}

/** The same job `by` shards of its suite further on, with seeds and a folder that no earlier shard has. */
function shifted(job: ShardJob, by: number, suiteCount: number): ShardJob {
  return { ...job, index: job.index + by, ...(job.folder !== undefined && { folder: job.folder + by * suiteCount }) }
}

/** Both kinds in turn, so that training can start long before the last shard is written. */
function interleaved(a: ShardJob[], b: ShardJob[]): ShardJob[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [
    ...a.slice(i, i + 1),
    ...b.slice(i, i + 1),
  ]).flat()
}

/** @throws UsageError when the folder of the job's shard holds another one */
function isMade(out: string, job: ShardJob): boolean {
  const file = join(shardFolder(out, job), 'meta.json')
  if (!existsSync(file)) return false
  const meta = JSON.parse(readFileSync(file, 'utf8')) as ShardMeta
  if (isShardOf(meta, job)) return true
  const option = job.kind === 'visited' ? '--visited-from' : '--from'
  const tasks = meta.onlyTasks ? `, tasks ${meta.onlyTasks.join(', ')}` : ''
  throw new UsageError(
    `${file} is of suite ${meta.suite}, seeds from ${meta.seeds[0]}${tasks}: not what is asked for. Begin farther on with ${option}, or use another --out.`,
  )
}

async function main(): Promise<void> {
  const options = parseCommandLine()
  const { out, model, suites, tasks, wording } = options
  if (options.worker) return runWorker(out, model)
  const plan = (kind: DataKind, total: string, from: string) =>
    planAll(suites, kind, Number(total), wording).map((job) => ({
      ...shifted(job, Number(from), suites.length),
      ...(tasks && { tasks }),
    }))
  const visits = plan('visited', options.visited, options['visited-from'])
  if (visits.length > 0 && model === undefined)
    throw new UsageError('--visited needs --model: the folder of the policy that acts.')
  const scenes = plan('static', options.static, options.from)
  const jobs = [...interleaved(scenes, plan('trajectories', options.trajectories, options.from)), ...visits]
  const open = jobs.filter((job) => !isMade(out, job))
  console.log(`${jobs.length} shards, ${jobs.length - open.length} already there.`)
  await runPool(open, { out, model, workers: Number(options.workers) })
}

await runStandalone('generate-data', main)
