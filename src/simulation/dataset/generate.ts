import type { SimulationEnvironment } from '../environment.ts'
import { seedOf } from '../seeds.ts'
import { createTask, type SuiteId } from '../tasks.ts'
import { type Sample, takeSample } from './sample.ts'
import { type DataKind, type ShardArray, shardMeta, type ShardMeta, stackSamples } from './shard.ts'
import { randomStaticWorld } from './static-scene.ts'
import { trajectorySamples } from './trajectory.ts'

/** Scenes or episodes in one shard: about a thousand samples either way. */
export const SEEDS_PER_SHARD: Record<DataKind, number> = { static: 1000, trajectories: 30 }

/** One shard's worth of work. Its content depends on nothing else. */
export interface ShardJob {
  suite: SuiteId
  kind: DataKind
  index: number
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

/** Makes one shard, deterministic in the job. */
export function generateShard(
  environment: SimulationEnvironment,
  { suite, kind, index, seedCount }: ShardJob,
): { arrays: ShardArray[]; meta: ShardMeta } {
  const split = kind === 'static' ? 'static-training' : 'trajectory-training'
  const firstIndex = index * SEEDS_PER_SHARD[kind]
  const samples: Sample[] = []
  let kept = 0
  for (let i = 0; i < seedCount; i++) {
    const made = makeSamples(environment, suite, kind, seedOf(split, firstIndex + i))
    if (made.length > 0) kept++
    samples.push(...made)
  }
  const seeds: [number, number] = [seedOf(split, firstIndex), seedOf(split, firstIndex + seedCount - 1)]
  return {
    arrays: stackSamples(samples),
    meta: shardMeta({ suite, kind, count: samples.length, seeds, kept }),
  }
}

function makeSamples(environment: SimulationEnvironment, suite: SuiteId, kind: DataKind, seed: number): Sample[] {
  if (kind === 'trajectories') return trajectorySamples(environment, suite, seed)
  const task = createTask(suite, seed)
  environment.pose(task, randomStaticWorld(task, seed))
  return [takeSample(environment, task.goals[0])]
}
