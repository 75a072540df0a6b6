import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random.ts'
import { ACTION_SIZE } from '../core/schema/observation.ts'
import { CHUNK_STEPS } from './constants.ts'
import { Demonstrator } from './demonstrator.ts'
import { actionTowards, decide, graspPose } from './expert.ts'
import { expertChunk, foresee } from './expert-chunk.ts'
import { placementOf, restHeightAt } from './placement.ts'
import { activeGoalIndex, isInside } from './predicates.ts'
import { startEpisode } from './rollout.ts'
import { SHAPES } from './shapes.ts'
import { createTask } from './tasks.ts'
import { playExpert, sharedEnvironment } from './test-environment.ts'
import { initialWorld } from './world.ts'

const environment = sharedEnvironment()

describe('expert', () => {
  it('solves 15 test seeds', () => {
    const solved = Array.from({ length: 15 }, (_, seed) =>
      playExpert(environment(), startEpisode(environment(), 'object', seed)),
    )
    expect(solved.filter(Boolean)).toHaveLength(15)
  }, 120_000)

  it.each([
    ['spatial', 2],
    ['goal', 6],
    ['goal', 8],
    ['goal', 9],
    ['long', 6],
    ['long', 8],
  ] as const)(
    'solves %s %i',
    (suite, seed) => {
      expect(playExpert(environment(), startEpisode(environment(), suite, seed))).toBe(true)
    },
    120_000,
  )

  it.each(['missed-grasp', 'drop'] as const)('recovers from a %s', (mistake) => {
    const episode = startEpisode(environment(), 'object', 100_001)
    const demonstrator = new Demonstrator({ random: createRandom(1), mistake })
    let success = false
    const phases = new Set<string>()
    for (let done = false; !done;) {
      const world = environment().world()
      phases.add(decide(world, episode.task, episode.activeGoal).phase)
      ;({ success, done } = episode.step(demonstrator.act(world, episode.task, episode.activeGoal)))
    }
    expect(success).toBe(true)
    expect(demonstrator.mistakePending).toBe(false)
    expect(phases).toContain('release')
    expect(phases.has('reopen')).toBe(mistake === 'missed-grasp')
  })

  it('gives equivalent cube rotations the same short turn', () => {
    const task = createTask('object', 0)
    const index = task.objects.findIndex(({ shape }) => shape === 'cube')
    const heights = task.objects.map(({ shape }) => SHAPES[shape].restHeightM)
    const world = initialWorld(task, heights, 0.04)
    world.command.yaw = 0.1
    const yaws = [0, 1, 2, 3].map((quarter) => {
      world.objects[index].yaw = 0.4 + (quarter * Math.PI) / 2
      return graspPose(world, task, index).yaw
    })
    yaws.forEach((yaw) => expect(yaw).toBeCloseTo(0.4, 10))
  })
})

describe('expertChunk', () => {
  it('solves the task when its chunks are executed open loop, four actions at a time', () => {
    const episode = startEpisode(environment(), 'object', 100_002)
    let result = { success: false, done: false }
    while (!result.done) {
      const { actions } = expertChunk(environment().world(), episode.task, episode.activeGoal)
      for (let i = 0; i < 4 && !result.done; i++) {
        result = episode.step(actions.slice(i * ACTION_SIZE, (i + 1) * ACTION_SIZE))
      }
    }
    expect(result.success).toBe(true)
  })

  it('holds actions in [-1, 1], without roll and pitch, and leaves the state alone', () => {
    startEpisode(environment(), 'object', 4)
    const world = environment().world()
    const before = structuredClone(world)
    const task = createTask('object', 4)
    const { actions, decision } = expertChunk(world, task, task.goals[0])
    expect(world).toEqual(before)
    expect(actions).toHaveLength(CHUNK_STEPS * ACTION_SIZE)
    expect(actions.every((value) => Math.abs(value) <= 1)).toBe(true)
    expect(actions.filter((_, i) => i % ACTION_SIZE === 3 || i % ACTION_SIZE === 4).every((v) => v === 0)).toBe(true)
    expect(decision.phase).toBe('approach')
  })

  it('foresees that a push moves its object to the destination', () => {
    const task = createTask('goal', 8)
    const [goal] = task.goals
    const heights = task.objects.map(({ shape }) => SHAPES[shape].restHeightM)
    let world = initialWorld(task, heights, 0.04)
    for (let step = 0; step < 90; step++) {
      const decision = decide(world, task, goal)
      world = foresee(world, task, goal, actionTowards(world.command, decision))
    }
    expect(isInside(world, task, goal)).toBe(true)
  })

  it('goes on to the second goal within the chunk that ends the first', () => {
    const task = createTask('long', 0)
    const [first, second] = task.goals
    const heights = task.objects.map(({ shape }) => SHAPES[shape].restHeightM)
    const world = initialWorld(task, heights, 0.02)
    const placement = placementOf(world, task, first)
    const z = restHeightAt(placement, task, first.object)
    world.objects[first.object] = { x: placement.x, y: placement.y, z, yaw: 0 }
    world.tool = { x: placement.x, y: placement.y, z: z + 0.005, yaw: 0 }
    world.command = { ...world.tool }
    expect(decide(world, task, task.goals[activeGoalIndex(world, task)]).phase).toBe('release')
    const { actions } = expertChunk(world, task, first)
    const last = actions.subarray((CHUNK_STEPS - 1) * ACTION_SIZE)
    expect(actions[6]).toBe(1)
    expect(last[2]).toBeGreaterThan(0)
    expect(task.goals.indexOf(second)).toBe(1)
  })
})
