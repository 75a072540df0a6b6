import { planarDistance } from './geometry.ts'
import { placementOf, restHeightAt } from './placement.ts'
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

/** Whether the goal's object stands in, on or upon its destination, wherever the gripper is. */
export function isInside(world: WorldState, task: TaskDefinition, goal: Goal): boolean {
  const placement = placementOf(world, task, goal)
  const { x, y, acceptHalfSideM, acceptHeightM } = placement
  const pose = world.objects[goal.object]
  const above = pose.z - restHeightAt(placement, task, goal.object)
  const high = above < acceptHeightM && (goal.destination.kind === 'fixture' || above > -acceptHeightM)
  return high && Math.abs(pose.x - x) < acceptHalfSideM && Math.abs(pose.y - y) < acceptHalfSideM
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

/**
 * Index of the goal that a state calls for: the first unmet one, or the last when all are met. It follows from the state
 * alone, as everything that the expert does: a policy has no memory either.
 */
export function activeGoalIndex(world: WorldState, task: TaskDefinition): number {
  const last = task.goals.length - 1
  for (let index = 0; index < last; index++) {
    const goal = task.goals[index]
    const busyElsewhere = task.objects.some((_, other) => other !== goal.object && isHolding(world, task, other))
    const letGo = busyElsewhere || isReleased(world, task, goal.object)
    if (!letGo || !isInside(world, task, goal)) return index
  }
  return last
}
