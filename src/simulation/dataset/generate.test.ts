import { describe, expect, it } from 'vitest'
import { PHASES } from '../expert.ts'
import { SEED_RANGES } from '../seeds.ts'
import { createTask } from '../tasks.ts'
import { sharedEnvironment } from '../test-environment.ts'
import { generateShard, planShards } from './generate.ts'
import { randomStaticWorld } from './static-scene.ts'

const environment = sharedEnvironment()

describe('planShards', () => {
  it('covers the total, the last shard being the rest', () => {
    expect(planShards('object', 'static', 2500).map(({ seedCount }) => seedCount)).toEqual([1000, 1000, 500])
    expect(planShards('object', 'trajectories', 0)).toEqual([])
  })
})

describe('generateShard', () => {
  it('is deterministic and has one row per scene in every array', () => {
    const job = { suite: 'object', kind: 'static', index: 2, seedCount: 5 } as const
    const shard = generateShard(environment(), job)
    expect(generateShard(environment(), job)).toEqual(shard)
    expect(shard.arrays.map(({ shape }) => shape[0])).toEqual(shard.arrays.map(() => 5))
    expect(shard.meta.seeds).toEqual([
      SEED_RANGES['static-training'].first + 2000,
      SEED_RANGES['static-training'].first + 2004,
    ])
    expect(shard.meta).toMatchObject({ schema: 1, count: 5, kept: 5 })
  }, 120_000)

  it('samples every second frame of a successful episode', () => {
    const { arrays, meta } = generateShard(environment(), {
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
