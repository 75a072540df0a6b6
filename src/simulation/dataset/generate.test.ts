import { describe, expect, it } from 'vitest'
import type { Observation } from '../../core/schema/observation.ts'
import { decide, PHASES } from '../expert.ts'
import { expertChunk } from '../expert-chunk.ts'
import { activeGoalIndex, isHolding } from '../predicates.ts'
import { SEED_RANGES } from '../seeds.ts'
import { alternativeTasks, createTask } from '../tasks.ts'
import { sharedEnvironment } from '../test-environment.ts'
import { generateShard, isShardOf, planMixedShards, planShards } from './generate.ts'
import { NOT_SAID } from './sample.ts'
import { randomStaticWorld } from './static-scene.ts'

const environment = sharedEnvironment()

describe('planShards', () => {
  it('covers the total, the last shard being the rest', () => {
    expect(planShards('object', 'static', 2500).map(({ seedCount }) => seedCount)).toEqual([1000, 1000, 500])
    expect(planShards('object', 'trajectories', 0)).toEqual([])
  })
})

describe('generateShard', () => {
  it('is deterministic and has one row per scene in every array', async () => {
    const job = { suite: 'object', kind: 'static', index: 2, seedCount: 5 } as const
    const shard = await generateShard(environment(), job)
    expect(await generateShard(environment(), job)).toEqual(shard)
    expect(shard.arrays.map(({ shape }) => shape[0])).toEqual(shard.arrays.map(() => 5))
    expect(shard.meta.seeds).toEqual([
      SEED_RANGES['static-training'].first + 2000,
      SEED_RANGES['static-training'].first + 2004,
    ])
    expect(shard.meta).toMatchObject({ schema: 1, count: 5, kept: 5 })
  }, 120_000)

  it('makes the scenes of the named tasks alone, the same as among all of them', async () => {
    const job = { suite: 'spatial', kind: 'static', index: 1, seedCount: 10, format: 'full' } as const
    const all = await generateShard(environment(), job)
    const some = await generateShard(environment(), { ...job, tasks: ['nearest-to-tray'] })
    expect(some.meta).toMatchObject({ count: 1, kept: 1, seeds: all.meta.seeds })
    const tokens = ({ arrays }: typeof all) => arrays.find(({ field }) => field === 'tokens')?.array ?? []
    expect(Array.from(tokens(some))).toEqual(Array.from(tokens(all)).slice(20 * 6, 20 * 7))
  }, 120_000)

  it('is known again by suite, kind, seeds, words and tasks, also when it is the shorter last one', async () => {
    const job = { suite: 'spatial', kind: 'static', index: 4, folder: 7, seedCount: 3, format: 'full' } as const
    const { meta } = await generateShard(environment(), job)
    expect(isShardOf(meta, job)).toBe(true)
    expect(isShardOf(meta, { ...job, folder: 9, seedCount: 1000 })).toBe(true)
    expect(isShardOf(meta, { ...job, suite: 'goal' })).toBe(false)
    expect(isShardOf(meta, { ...job, kind: 'trajectories' })).toBe(false)
    expect(isShardOf(meta, { ...job, index: 5 })).toBe(false)
    expect(isShardOf(meta, { ...job, wording: 'trained' })).toBe(false)
    expect(isShardOf(meta, { ...job, format: 'object' })).toBe(false)
    const some = { ...job, tasks: ['left-of-pad', 'right-of-pad'] }
    expect(isShardOf(meta, some)).toBe(false)
    const { meta: ofSome } = await generateShard(environment(), some)
    expect(isShardOf(ofSome, { ...some, tasks: ['right-of-pad', 'left-of-pad'] })).toBe(true)
    expect(isShardOf(ofSome, job)).toBe(false)
  })

  it('samples every second frame of a successful episode', async () => {
    const { arrays, meta } = await generateShard(environment(), {
      suite: 'object',
      kind: 'trajectories',
      index: 1,
      seedCount: 1,
    })
    expect(meta.kept).toBe(1)
    expect(meta.count).toBeGreaterThan(20)
    const phases = arrays.find(({ field }) => field === 'phase')?.array ?? []
    expect(new Set(Array.from(phases, (phase) => PHASES[phase]))).toContain('carry')
  }, 120_000)
})

describe('what a policy visits', () => {
  const job = { suite: 'object', kind: 'visited', index: 3, seedCount: 1 } as const

  it('is what it came to, asked or not, with the expert as label, also when it fails', async () => {
    const asked: Observation[] = []
    const sinking = (observation: Observation) => {
      asked.push(observation)
      // Straight down with closed fingers: no demonstration does that, and it never succeeds.
      return Promise.resolve(Float32Array.from({ length: 56 }, (_, i) => [0, 0, -0.5, 0, 0, 0, -1][i % 7]))
    }
    const { arrays, meta } = await generateShard(environment(), job, sinking)
    expect(meta).toMatchObject({ count: 30, kept: 1, seeds: [100_000_090, 100_000_090] })
    expect(asked).toHaveLength(15)
    const field = (name: string) => arrays.find((each) => each.field === name)?.array
    const proprio = field('proprio')
    const size = asked[0].proprio.length
    expect(Array.from(proprio?.slice(0, size) ?? [])).toEqual(Array.from(asked[0].proprio))
    expect(Array.from(proprio?.slice(2 * size, 3 * size) ?? [])).toEqual(Array.from(asked[1].proprio))
    // Low, with closed fingers and nothing in between: the expert opens them and goes up.
    const chunk = field('chunk')?.slice(28 * 56, 28 * 56 + 7) ?? []
    expect(chunk[2]).toBeGreaterThan(0.3)
    expect(chunk[6]).toBe(1)
  }, 120_000)

  it('leaves out frames in which it holds a look-alike of the target, which none could tell from it', async () => {
    let askedWhileHolding = 0
    const grabsTheTwin = () => {
      const { task } = environment()
      const [twinTask] = alternativeTasks(task)
      const world = environment().world()
      if (isHolding(world, twinTask, twinTask.goals[0].object)) askedWhileHolding++
      return Promise.resolve(expertChunk(world, twinTask, twinTask.goals[0]).actions)
    }
    const spatial = { suite: 'spatial', kind: 'visited', index: 3, seedCount: 1, format: 'full' } as const
    const { meta } = await generateShard(environment(), spatial, grabsTheTwin)
    expect(askedWhileHolding).toBeGreaterThan(2)
    expect(meta.count).toBeLessThanOrEqual(30 - askedWhileHolding)
  }, 120_000)

  it('needs a policy', async () => {
    await expect(generateShard(environment(), job)).rejects.toThrow(/needs a policy/)
  })
})

describe('planMixedShards', () => {
  it('takes the suites in turn, numbers folders through, and gives every shard seeds of its own', () => {
    const jobs = planMixedShards(['object', 'long'], 'static', 4000, 'trained')
    expect(jobs.map(({ suite, index, folder }) => [suite, index, folder])).toEqual([
      ['object', 0, 0],
      ['long', 0, 1],
      ['object', 1, 2],
      ['long', 1, 3],
    ])
  })
})

describe('the full format', () => {
  it('says where things are named, and knows no place where there is no landmark', async () => {
    const job = { kind: 'static', index: 0, seedCount: 6, format: 'full', wording: 'trained' } as const
    const shards = [
      await generateShard(environment(), { ...job, suite: 'spatial' }),
      await generateShard(environment(), { ...job, suite: 'long' }),
    ]
    const [spatial, long] = shards.map(({ arrays }) =>
      Object.fromEntries(arrays.map((each) => [each.field, each.array])),
    )
    expect(shards[0].meta).toMatchObject({ wordSlots: 20, wording: 'trained', suite: 'spatial' })
    expect(shards[0].meta.tasks).toHaveLength(40)
    expect(spatial.grounding).toHaveLength(36)
    expect(spatial.grounding.every(Number.isFinite)).toBe(true)
    expect(Array.from(long.grounding.subarray(4, 6))).toEqual([NaN, NaN])
    expect(Array.from(long.mentions.subarray(4, 6))).toEqual([NOT_SAID, NOT_SAID])
    // Word 1 of the vocabulary list that a mention points at is a noun of that list: look one up.
    const vocabulary = shards[0].meta.vocabulary
    const nounOf = (row: number) => vocabulary[spatial.tokens[20 * row + spatial.mentions[6 * row + 1]]]
    for (let row = 0; row < 6; row++) expect(['cube', 'cylinder', 'brick']).toContain(nounOf(row))
    expect(new Set(long.goal)).toEqual(new Set([0, 1]))
  }, 120_000)

  it('covers the phases of pushing, and second goals', () => {
    const worlds = Array.from({ length: 200 }, (_, i) => {
      const task = createTask('long', 10 * i + 9)
      const world = randomStaticWorld(task, i)
      const goal = task.goals[activeGoalIndex(world, task)]
      return { goal: task.goals.indexOf(goal), phase: decide(world, task, goal).phase }
    })
    const second = worlds.filter(({ goal }) => goal === 1)
    expect(second.length).toBeGreaterThan(60)
    const phases = new Set(second.map(({ phase }) => phase))
    for (const phase of ['approach', 'descend', 'push', 'retreat'] as const) expect(phases).toContain(phase)
  })
})

describe('randomStaticWorld', () => {
  it('covers every stage, with the object in the hand in about a quarter', () => {
    const worlds = Array.from({ length: 600 }, (_, seed) => randomStaticWorld(createTask('object', seed), seed))
    const inHand = worlds.filter((world, seed) => {
      const { object } = createTask('object', seed).goals[0]
      const { x, y, z } = world.objects[object]
      return world.gripper === 'close' && Math.hypot(x - world.tool.x, y - world.tool.y, z - world.tool.z) < 0.02
    })
    expect(inHand.length / worlds.length).toBeGreaterThan(0.18)
    expect(inHand.length / worlds.length).toBeLessThan(0.35)
  })
})
