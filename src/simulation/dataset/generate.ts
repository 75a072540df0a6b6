import type { SimulationEnvironment } from '../environment.ts'
import { activeGoalIndex } from '../predicates.ts'
import { seedOf, type SeedSplit } from '../seeds.ts'
import { createTask, type SuiteId, type Wording } from '../tasks.ts'
import { type Sample, type SampleFormat, takeSample } from './sample.ts'
import { type DataKind, type ShardArray, shardMeta, type ShardMeta, stackSamples } from './shard.ts'
import { randomStaticWorld } from './static-scene.ts'
import { type EpisodeSource, trajectorySamples } from './trajectory.ts'
import { type ChunkPolicy, visitedSamples } from './visited.ts'

/** Scenes or episodes in one shard: about a thousand samples either way. */
export const SEEDS_PER_SHARD: Record<DataKind, number> = { static: 1000, trajectories: 30, visited: 30 }

const SPLITS: Record<DataKind, SeedSplit> = {
  static: 'static-training',
  trajectories: 'trajectory-training',
  visited: 'visited-training',
}

/** One shard's worth of work. Its content depends on nothing else. */
export interface ShardJob {
  suite: SuiteId
  kind: DataKind
  /** Number of the shard among those of its suite and kind; it decides the seeds. */
  index: number
  /** Number of the shard in its folder, where that holds several suites; equal to `index` otherwise. */
  folder?: number
  format?: SampleFormat
  wording?: Wording
  /** Only these tasks; seeds of other ones give no samples. All by default. */
  tasks?: readonly string[]
  /** Seeds to use, at most {@link SEEDS_PER_SHARD}. */
  seedCount: number
}

/** The jobs that make `total` static scenes or trajectories. */
export function planShards(suite: SuiteId, kind: DataKind, total: number): ShardJob[] {
  const size = SEEDS_PER_SHARD[kind]
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => ({
    suite,
    kind,
    index,
    seedCount: Math.min(size, total - index * size),
  }))
}

/**
 * The jobs of several suites in one folder, in turn, in the full format: `total` scenes or trajectories in all, as many
 * of each suite.
 */
export function planMixedShards(
  suites: readonly SuiteId[],
  kind: DataKind,
  total: number,
  wording: Wording,
): ShardJob[] {
  const each = suites.map((suite) => planShards(suite, kind, Math.ceil(total / suites.length)))
  return each[0]
    .flatMap((_, i) => each.map((jobs) => jobs[i]))
    .map((job, folder) => ({ ...job, folder, format: 'full', wording }))
}

/**
 * Makes one shard, deterministic in the job (and in the policy, for what a policy visits).
 * @param policy plays the episodes of kind `visited`
 * @throws Error when such a shard is asked for without a policy
 */
export async function generateShard(
  environment: SimulationEnvironment,
  { suite, kind, index, seedCount, format = 'object', wording = 'plain', tasks }: ShardJob,
  policy?: ChunkPolicy,
): Promise<{ arrays: ShardArray[]; meta: ShardMeta }> {
  const seeds = seedsOf({ kind, index, seedCount })
  const samples: Sample[] = []
  let kept = 0
  for (let seed = seeds[0]; seed <= seeds[1]; seed++) {
    const source = { suite, seed, wording, format }
    if (tasks && !tasks.includes(createTask(suite, seed, wording).taskId)) continue
    const made = await makeSamples(environment, source, kind, policy)
    if (made.length > 0) kept++
    samples.push(...made)
  }
  const meta = { suite, kind, count: samples.length, seeds, kept, ...(tasks && { onlyTasks: tasks }) }
  return { arrays: stackSamples(samples, format), meta: shardMeta(meta, { format, wording }) }
}

/** First and last seed of a shard. */
function seedsOf({ kind, index, seedCount }: Pick<ShardJob, 'kind' | 'index' | 'seedCount'>): [number, number] {
  const firstIndex = index * SEEDS_PER_SHARD[kind]
  return [seedOf(SPLITS[kind], firstIndex), seedOf(SPLITS[kind], firstIndex + seedCount - 1)]
}

/**
 * Whether a shard that is there already is what a job would make. Folders are numbered in one row, so that jobs of one
 * suite and of several may come upon the same number: what is there must not pass for what was asked for. A shorter
 * shard, the last of a smaller order, passes.
 */
export function isShardOf(meta: ShardMeta, job: ShardJob): boolean {
  const sameScenes = meta.suite === job.suite && meta.kind === job.kind && meta.seeds[0] === seedsOf(job)[0]
  // Only the full format says its wording and counts its word slots.
  const isFull = job.format === 'full'
  const sameWords = (meta.wordSlots !== undefined) === isFull && (!isFull || meta.wording === (job.wording ?? 'plain'))
  return sameScenes && sameWords && namesOf(meta.onlyTasks) === namesOf(job.tasks)
}

function namesOf(tasks: readonly string[] | undefined): string | undefined {
  return tasks && [...tasks].sort().join()
}

async function makeSamples(
  environment: SimulationEnvironment,
  source: EpisodeSource,
  kind: DataKind,
  policy: ChunkPolicy | undefined,
): Promise<Sample[]> {
  if (kind === 'trajectories') return trajectorySamples(environment, source)
  if (kind === 'visited') {
    if (policy === undefined) throw new Error('What a policy visits needs a policy.')
    return visitedSamples(environment, source, policy)
  }
  const task = createTask(source.suite, source.seed, source.wording)
  environment.pose(task, randomStaticWorld(task, source.seed))
  const goal = task.goals[activeGoalIndex(environment.world(), task)]
  return [takeSample(environment, goal, { format: source.format })]
}
