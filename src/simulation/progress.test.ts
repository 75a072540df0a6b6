import { describe, expect, it } from 'vitest'
import { placementOf, restHeightAt } from './placement.ts'
import { advanceProgress, classifyFailure, type EpisodeProgress, startProgress } from './progress.ts'
import { SHAPES } from './shapes.ts'
import { createTask, type TaskDefinition } from './tasks.ts'
import { initialWorld, type WorldState } from './world.ts'

const task = createTask('object', 0)
const target = task.goals[0].object
const only = (index: number) => task.objects.map((_, i) => i === index)

function worldOf({ objects, start, ...rest }: TaskDefinition): WorldState {
  const heights = objects.map(({ shape }) => SHAPES[shape].restHeightM)
  return initialWorld({ objects, start, ...rest }, heights, 0.04)
}

/** Puts the object of a goal where it belongs, the open hand far away. */
function meet(world: WorldState, of: TaskDefinition, index: number): void {
  const goal = of.goals[index]
  const placement = placementOf(world, of, goal)
  world.objects[goal.object] = { ...placement, z: restHeightAt(placement, of, goal.object), yaw: 0 }
}

function advance(of: TaskDefinition, world: WorldState, progress: EpisodeProgress, steps: number): EpisodeProgress {
  let now = progress
  for (let i = 0; i < steps; i++) now = advanceProgress(now, world, of, () => 0)
  return now
}

describe('classifyFailure', () => {
  it.each([
    ['never-grasped', {}],
    ['missed-grasp', { missed: true }],
    ['stalled', { stillSteps: 60 }],
    ['wrong-object', { lifted: only((target + 1) % 4), missed: true }],
    ['dropped', { lifted: only(target), lost: 'slipped' }],
    ['wrong-place', { lifted: only(target), lost: 'let-go' }],
    ['wrong-place', { lifted: only(target), lost: 'slipped', misplaced: true }],
    ['timed-out', { lifted: only(target), held: only(target) }],
    ['stalled', { lifted: only(target), held: only(target), stillSteps: 60 }],
    ['wrong-order', { wrongOrder: true }],
  ] as const)('finds %s', (reason, change) => {
    expect(classifyFailure(task, { ...startProgress(task), stepCount: 150, ...change })).toBe(reason)
  })

  it('does not take the object of an earlier goal for a wrong one', () => {
    const long = createTask('long', 0)
    const lifted = long.objects.map((_, i) => i === long.goals[0].object)
    expect(classifyFailure(long, { ...startProgress(long), goalIndex: 1, lifted })).toBe('never-grasped')
  })

  it('judges a push by what was moved, for nothing is lifted', () => {
    const push = createTask('goal', 8)
    const moved = push.objects.map((_, i) => i === push.goals[0].object)
    expect(classifyFailure(push, { ...startProgress(push), moved })).toBe('timed-out')
    expect(classifyFailure(push, { ...startProgress(push), moved, misplaced: true })).toBe('wrong-place')
  })
})

describe('advanceProgress', () => {
  const long = createTask('long', 0)

  it('counts a goal once it has held for four steps, and goals in their order', () => {
    const world = worldOf(long)
    meet(world, long, 0)
    expect(advance(long, world, startProgress(long), 3).goalIndex).toBe(0)
    const first = advance(long, world, startProgress(long), 4)
    expect(first).toMatchObject({ goalIndex: 1, wrongOrder: false })
    meet(world, long, 1)
    expect(advance(long, world, first, 4)).toMatchObject({ goalIndex: 2, wrongOrder: false })
  })

  it('takes a goal back that is undone, without calling the order wrong', () => {
    const world = worldOf(long)
    meet(world, long, 0)
    const first = advance(long, world, startProgress(long), 4)
    meet(world, long, 1)
    world.objects[long.goals[0].object] = { ...worldOf(long).objects[long.goals[0].object] }
    expect(advance(long, world, first, 4)).toMatchObject({ goalIndex: 0, wrongOrder: false })
  })

  it('notices the second goal before the first', () => {
    const world = worldOf(long)
    meet(world, long, 1)
    expect(advance(long, world, startProgress(long), 1).wrongOrder).toBe(true)
  })

  it('tells a slip from letting go', () => {
    const { graspHalfWidthM } = SHAPES[task.objects[target].shape]
    const world = worldOf(task)
    const object = world.objects[target]
    object.z += 0.06
    world.tool = { x: object.x, y: object.y, z: object.z, yaw: 0 }
    world.gripper = 'close'
    world.openingM = graspHalfWidthM - 0.001
    const held = advance(task, world, startProgress(task), 1)
    expect(held.held[target]).toBe(true)
    const slipped = { ...world, objects: worldOf(task).objects, openingM: 0 }
    expect(advance(task, slipped, held, 1).lost).toBe('slipped')
    expect(advance(task, { ...slipped, gripper: 'open', openingM: 0.035 }, held, 1).lost).toBe('let-go')
  })

  it('counts the steps for which the arm stays where it is', () => {
    const world = worldOf(task)
    const still = advance(task, world, startProgress(task), 30)
    expect(still.stillSteps).toBe(29)
    world.tool.x += 0.02
    expect(advance(task, world, still, 1).stillSteps).toBe(0)
  })
})
