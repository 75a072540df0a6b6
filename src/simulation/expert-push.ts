import { FINGER_STEP_M } from './constants.ts'
import type { ExpertDecision } from './expert.ts'
import { planarDistance, type ToolPose, wrapAngle } from './geometry.ts'
import { placementOf } from './placement.ts'
import { isInside, isReleased } from './predicates.ts'
import { SHAPES } from './shapes.ts'
import type { Goal, TaskDefinition } from './tasks.ts'
import type { WorldState } from './world.ts'

/** Height of the tool while it pushes, m: contact stays below the height at which things tip over. */
export const PUSH_HEIGHT_M = 0.021

/** Height of the tool on its way to where a push begins, m: the closed fingers pass above everything. */
const PUSH_HOVER_M = 0.12
const RETREAT_HEIGHT_M = 0.15

/** From the middle of the closed fingers to the face that pushes, m. */
const FINGERS_HALF_DEPTH_M = 0.012

/** The fingers come down this far behind the place where they will touch, m. */
export const PUSH_RUN_UP_M = 0.025

/** A push ends when the object is this near to the middle of its destination, m. */
const PUSHED_WITHIN_M = 0.012

/** The fingers steer for a point this far ahead on the object's way, m: sideways errors fade over that distance. */
const LOOK_AHEAD_M = 0.04

/** Fingers closed further than this are closed, m. */
const CLOSED_OPENING_M = 0.004

/** Closed fingers opened further than this by something wedged between them near the object hold it, m. */
const WEDGED_OPENING_M = 0.003
const LIFTED_M = 0.012

/** Slightly more than a quarter turn, so that no direction makes the wrist turn to and fro, rad. */
const MAX_PUSH_YAW_RAD = 1.6

/** How a push is going: the direction of the way still to go, and the fingers' place relative to the object. */
interface PushGeometry {
  direction: { x: number; y: number }
  /** Way still to go, m. */
  remainingM: number
  /** Distance of the fingers behind the object, m, and beside its way. */
  behindM: number
  besideM: number
  /** Distance behind the object at which they touch it, m. */
  contactM: number
}

function pushGeometry(world: WorldState, task: TaskDefinition, goal: Goal): PushGeometry {
  const { x, y } = placementOf(world, task, goal)
  const object = world.objects[goal.object]
  const remainingM = planarDistance(object, { x, y })
  const direction =
    remainingM > 1e-6 ? { x: (x - object.x) / remainingM, y: (y - object.y) / remainingM } : { x: 1, y: 0 }
  const [dx, dy] = [object.x - world.tool.x, object.y - world.tool.y]
  return {
    direction,
    remainingM,
    behindM: dx * direction.x + dy * direction.y,
    besideM: Math.abs(dx * direction.y - dy * direction.x),
    contactM: SHAPES[task.objects[goal.object].shape].graspHalfWidthM + FINGERS_HALF_DEPTH_M,
  }
}

/** The tool's pose a distance behind the object, on its way, with a flat side of the fingers ahead. */
export function poseBehind(world: WorldState, task: TaskDefinition, goal: Goal, distanceM: number): ToolPose {
  const { direction } = pushGeometry(world, task, goal)
  const object = world.objects[goal.object]
  return {
    x: object.x - distanceM * direction.x,
    y: object.y - distanceM * direction.y,
    z: PUSH_HEIGHT_M,
    yaw: pushYaw(Math.atan2(direction.y, direction.x), world.command.yaw),
  }
}

/** Distance behind an object at which the closed fingers touch it, m. */
export function pushContactM(task: TaskDefinition, { object }: Goal): number {
  return SHAPES[task.objects[object].shape].graspHalfWidthM + FINGERS_HALF_DEPTH_M
}

/** The side of one finger leads: into the seam between the two, a corner would wedge itself. */
function pushYaw(direction: number, current: number): number {
  const nearest = current + wrapAngle(direction - Math.PI / 2 - current, Math.PI)
  if (nearest > MAX_PUSH_YAW_RAD) return nearest - Math.PI
  return nearest < -MAX_PUSH_YAW_RAD ? nearest + Math.PI : nearest
}

/**
 * What to do in a state to push the goal's object: with closed fingers over and down behind it, then along. As the rest
 * of the expert it has no memory; fingers that have slipped off rise and come down behind the object again.
 */
export function decidePush(world: WorldState, task: TaskDefinition, goal: Goal): ExpertDecision {
  const { tool, command, openingM } = world
  const { direction, remainingM, behindM, besideM, contactM } = pushGeometry(world, task, goal)
  const object = world.objects[goal.object]
  const hanging = object.z > SHAPES[task.objects[goal.object].shape].restHeightM + LIFTED_M
  if (openingM > WEDGED_OPENING_M && hanging && planarDistance(tool, object) < 0.045) {
    return { phase: 'reopen', waypoint: { ...command }, gripper: 'open' }
  }
  const inside = isInside(world, task, goal)
  const done = inside && (remainingM < PUSHED_WITHIN_M || isReleased(world, task, goal.object))
  if (done) return { phase: 'retreat', waypoint: { ...command, z: RETREAT_HEIGHT_M }, gripper: 'close' }
  const start = poseBehind(world, task, goal, contactM + PUSH_RUN_UP_M)
  const turn = Math.abs(start.yaw - command.yaw)
  const closed = openingM < CLOSED_OPENING_M && world.gripper === 'close'
  const low = tool.z < PUSH_HEIGHT_M + 0.02 && command.z < PUSH_HEIGHT_M + 0.012
  const aligned = closed && behindM > contactM - 0.012 && behindM < contactM + 0.06 && besideM < 0.013 && turn < 0.35
  if (low && aligned) {
    // Ahead of the contact, but never beyond where the fingers stand at the end of the push.
    const ahead = Math.min(LOOK_AHEAD_M, remainingM)
    const waypoint = {
      x: object.x + (ahead - contactM) * direction.x,
      y: object.y + (ahead - contactM) * direction.y,
      z: PUSH_HEIGHT_M,
      yaw: start.yaw,
    }
    return { phase: 'push', waypoint, gripper: 'close' }
  }
  const offset = planarDistance(command, start)
  const lag = planarDistance(tool, start)
  const high = command.z > PUSH_HOVER_M - 0.025
  const ready = closed && (high ? offset < 0.008 && turn < 0.1 && lag < 0.02 : offset < 0.018 && turn < 0.3)
  if (ready) return { phase: 'descend', waypoint: start, gripper: 'close' }
  return high
    ? { phase: 'approach', waypoint: { ...start, z: PUSH_HOVER_M }, gripper: 'close' }
    : { phase: 'raise', waypoint: { ...command, z: PUSH_HOVER_M }, gripper: 'close' }
}

/** The state of a push one control step later, without physics: what the fingers run into moves along. */
export function foreseePush(before: WorldState, next: WorldState, task: TaskDefinition, goal: Goal): WorldState {
  next.openingM =
    next.gripper === 'open'
      ? Math.min(0.04, before.openingM + 0.75 * FINGER_STEP_M)
      : Math.max(0, before.openingM - FINGER_STEP_M)
  const object = next.objects[goal.object]
  const contactM = pushContactM(task, goal)
  const [dx, dy] = [object.x - next.tool.x, object.y - next.tool.y]
  const distance = Math.hypot(dx, dy)
  const low = next.tool.z < object.z + SHAPES[task.objects[goal.object].shape].restHeightM
  if (low && distance < contactM && distance > 1e-6) {
    object.x = next.tool.x + (contactM * dx) / distance
    object.y = next.tool.y + (contactM * dy) / distance
  }
  return next
}
