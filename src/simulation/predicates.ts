import { FIXTURES } from './fixtures.ts'
import { planarDistance } from './geometry.ts'
import { SHAPES } from './shapes.ts'
import type { Goal, TaskDefinition } from './tasks.ts'
import type { WorldState } from './world.ts'

/** A held object's centre is at most this far from the tool point, m. */
const HOLD_RADIUS_M = 0.026

/** Fingers may stop this much before or beyond the object's nominal half width, m: turned objects look wider. */
const HOLD_WIDER_M = 0.007
const HOLD_NARROWER_M = 0.006

/** An object whose centre is this far above its rest height has been lifted, m. */
const LIFTED_HEIGHT_M = 0.03

/** Fingers this much wider than the object let go of it, m. */
const RELEASE_MARGIN_M = 0.006

/** Whether the closed fingers hold object `index`. */
export function isHolding(world: WorldState, task: TaskDefinition, index: number): boolean {
  const { graspHalfWidthM } = SHAPES[task.objects[index].shape]
  const object = world.objects[index]
  return (
    world.gripper === 'close' &&
    world.openingM > graspHalfWidthM - HOLD_NARROWER_M &&
    world.openingM < graspHalfWidthM + HOLD_WIDER_M &&
    planarDistance(world.tool, object) < HOLD_RADIUS_M &&
    Math.abs(world.tool.z - object.z) < HOLD_RADIUS_M
  )
}

/** Whether object `index` is clearly above the surface it started on. */
export function isLifted(world: WorldState, task: TaskDefinition, index: number): boolean {
  return world.objects[index].z > SHAPES[task.objects[index].shape].restHeightM + LIFTED_HEIGHT_M
}

/** Whether the goal's object stands in the goal's fixture, wherever the gripper is. */
export function isInside(world: WorldState, task: TaskDefinition, { object, fixture }: Goal): boolean {
  const { kind, x, y } = task.fixtures[fixture]
  const { acceptHalfSideM, surfaceHeightM } = FIXTURES[kind]
  const pose = world.objects[object]
  const rest = surfaceHeightM + SHAPES[task.objects[object].shape].restHeightM
  return Math.abs(pose.x - x) < acceptHalfSideM && Math.abs(pose.y - y) < acceptHalfSideM && pose.z < rest + 0.015
}

/** Whether the fingers have let go of the object: open wider than it, or far away from it. */
export function isReleased(world: WorldState, task: TaskDefinition, index: number): boolean {
  const { graspHalfWidthM } = SHAPES[task.objects[index].shape]
  const object = world.objects[index]
  const wide = world.gripper === 'open' && world.openingM > graspHalfWidthM + RELEASE_MARGIN_M
  return wide || Math.hypot(world.tool.x - object.x, world.tool.y - object.y, world.tool.z - object.z) > 0.06
}

/** Whether a goal is met in this state, standing still not considered. */
export function isGoalMet(world: WorldState, task: TaskDefinition, goal: Goal): boolean {
  return isInside(world, task, goal) && isReleased(world, task, goal.object)
}
