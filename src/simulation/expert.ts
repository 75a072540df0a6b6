import type { Action } from '../core/schema/observation.ts'
import { ACTION_ROTATION_RAD, ACTION_TRANSLATION_M } from './constants.ts'
import { decidePush } from './expert-push.ts'
import { clamp, planarDistance, type ToolPose, wrapAngle } from './geometry.ts'
import { placementOf, releaseHeight } from './placement.ts'
import { isHolding, isInside, isReleased } from './predicates.ts'
import { SHAPES } from './shapes.ts'
import type { Goal, TaskDefinition } from './tasks.ts'
import type { WorldState } from './world.ts'

/** What the expert is doing; a phase's number in data files is its index. */
export const PHASES = [
  'raise',
  'approach',
  'descend',
  'close',
  'reopen',
  'lift',
  'carry',
  'lower',
  'release',
  'retreat',
  'push',
] as const
export type Phase = (typeof PHASES)[number]

/** What the expert wants in one state. */
export interface ExpertDecision {
  phase: Phase
  /** The pose now pursued. */
  waypoint: ToolPose
  gripper: WorldState['gripper']
}

/** Height of the tool above the grasp before descending, m. */
const HOVER_M = 0.085

/** Height of the tool while carrying, m. */
export const CARRY_HEIGHT_M = 0.15

/** Speed limits as a share of the action range. */
const FREE_SPEED = 0.7
const CAREFUL_SPEED = 0.5
const PUSH_SPEED = 0.4

/** Share of the remaining way that one action covers near a waypoint. */
const GAIN = 0.75

/** Fingers this near to another object, and tips less than this above its top, must rise before they move on, m. */
const AMONG_RADIUS_M = 0.05
const FINGERTIP_ROOM_M = 0.016

/** Yaw of the wrist that the expert stays within where symmetry leaves a choice, rad. */
const COMFORT_YAW_RAD = 1.1

/**
 * The expert: what to do in a state. It keeps no memory: the phase follows from the state alone, so that it can label
 * any state, whoever led there, and never pauses for a reason that the policy could not see.
 */
export function decide(world: WorldState, task: TaskDefinition, goal: Goal): ExpertDecision {
  if (goal.manner === 'push') return decidePush(world, task, goal)
  if (isHolding(world, task, goal.object)) return decideHolding(world, task, goal)
  if (isInside(world, task, goal)) return decidePlaced(world, task, goal)
  return decideEmpty(world, task, goal)
}

/** The action that pursues a decision from a commanded pose. */
export function actionTowards(command: ToolPose, { waypoint, gripper, phase }: ExpertDecision): Action {
  const careful = phase === 'descend' || phase === 'lower'
  const speed = phase === 'push' ? PUSH_SPEED : careful ? CAREFUL_SPEED : FREE_SPEED
  const delta = [waypoint.x - command.x, waypoint.y - command.y, waypoint.z - command.z].map(
    (difference) => (GAIN * difference) / ACTION_TRANSLATION_M,
  )
  const length = Math.hypot(...delta)
  const scale = length > speed ? speed / length : 1
  const turn = clamp((GAIN * (waypoint.yaw - command.yaw)) / ACTION_ROTATION_RAD, -FREE_SPEED, FREE_SPEED)
  return Float32Array.of(delta[0] * scale, delta[1] * scale, delta[2] * scale, 0, 0, turn, gripper === 'open' ? 1 : -1)
}

/** The expert's action in a state. */
export function expertAction(world: WorldState, task: TaskDefinition, goal: Goal): Action {
  return actionTowards(world.command, decide(world, task, goal))
}

/** Tool pose that grasps an object where it is; of the equivalent rotations the one nearest to the current yaw. */
export function graspPose(world: WorldState, task: TaskDefinition, index: number): ToolPose {
  const object = world.objects[index]
  const { yawPeriodRad } = SHAPES[task.objects[index].shape]
  const z = Math.max(0.018, object.z)
  return { x: object.x, y: object.y, z, yaw: graspYaw(object.yaw, yawPeriodRad, world.command.yaw) }
}

function graspYaw(objectYaw: number, periodRad: number | undefined, currentYaw: number): number {
  if (periodRad === undefined) return clamp(currentYaw, -COMFORT_YAW_RAD, COMFORT_YAW_RAD)
  const nearest = currentYaw + wrapAngle(objectYaw - currentYaw, periodRad)
  if (nearest > COMFORT_YAW_RAD) return nearest - periodRad
  if (nearest < -COMFORT_YAW_RAD) return nearest + periodRad
  return nearest
}

function decideHolding(world: WorldState, task: TaskDefinition, goal: Goal): ExpertDecision {
  const { tool, command } = world
  const placement = placementOf(world, task, goal)
  const object = world.objects[goal.object]
  const place = placement.exact
    ? { x: placement.x + tool.x - object.x, y: placement.y + tool.y - object.y }
    : { x: placement.x, y: placement.y }
  const offset = planarDistance(command, place)
  const low = command.z < CARRY_HEIGHT_M - 0.03
  // Once low, small sideways errors are corrected on the way down; from above, the way down starts only when centred.
  if (offset < (low ? placement.centredLowM : placement.centredM)) {
    const z = releaseHeight(world, task, goal)
    const waypoint = { x: place.x, y: place.y, z, yaw: command.yaw }
    const arrived = command.z < z + 0.004 && tool.z < z + 0.012
    return { phase: arrived ? 'release' : 'lower', waypoint, gripper: arrived ? 'open' : 'close' }
  }
  if (low) {
    return { phase: 'lift', waypoint: { ...command, z: CARRY_HEIGHT_M }, gripper: 'close' }
  }
  const waypoint = { x: place.x, y: place.y, z: CARRY_HEIGHT_M, yaw: command.yaw }
  return { phase: 'carry', waypoint, gripper: 'close' }
}

function decidePlaced(world: WorldState, task: TaskDefinition, { object }: Goal): ExpertDecision {
  const { command } = world
  if (!isReleased(world, task, object)) return { phase: 'release', waypoint: { ...command }, gripper: 'open' }
  return { phase: 'retreat', waypoint: { ...command, z: CARRY_HEIGHT_M }, gripper: 'open' }
}

function decideEmpty(world: WorldState, task: TaskDefinition, { object }: Goal): ExpertDecision {
  const { tool, command, openingM } = world
  const grasp = graspPose(world, task, object)
  // Only where something has just been set down there is something to rise from between the fingers.
  if (task.goals.length > 1 && isAmongObjects(world, task, object)) {
    return { phase: 'raise', waypoint: { ...command, z: CARRY_HEIGHT_M }, gripper: 'open' }
  }
  const hover = { ...grasp, z: grasp.z + HOVER_M }
  const offset = planarDistance(command, grasp)
  const turn = Math.abs(grasp.yaw - command.yaw)
  const lag = planarDistance(tool, grasp)
  const [above, lagAbove] = [Math.abs(command.z - grasp.z), Math.abs(tool.z - grasp.z)]
  const high = command.z > hover.z - 0.025
  if (world.gripper === 'close') {
    const near = above < 0.014 && lagAbove < 0.016 && lag < 0.02
    const closing = near && openingM > SHAPES[task.objects[object].shape].graspHalfWidthM + 0.004
    if (closing) return { phase: 'close', waypoint: grasp, gripper: 'close' }
    return { phase: 'reopen', waypoint: high ? hover : { ...command, z: hover.z }, gripper: 'open' }
  }
  const centred = high ? offset < 0.008 && turn < 0.1 && lag < 0.025 : offset < 0.022 && turn < 0.3
  if (!centred || openingM < 0.03) {
    const below = { ...command, z: hover.z }
    return high
      ? { phase: 'approach', waypoint: hover, gripper: 'open' }
      : { phase: 'raise', waypoint: below, gripper: 'open' }
  }
  if (above < 0.005 && lagAbove < 0.012 && offset < 0.006 && lag < 0.01 && turn < 0.08)
    return { phase: 'close', waypoint: grasp, gripper: 'close' }
  return { phase: 'descend', waypoint: grasp, gripper: 'open' }
}

/** Whether the fingers reach down beside an object other than the target. */
function isAmongObjects({ tool, objects }: WorldState, task: TaskDefinition, target: number): boolean {
  return objects.some((object, index) => {
    const top = object.z + SHAPES[task.objects[index].shape].restHeightM
    return index !== target && planarDistance(tool, object) < AMONG_RADIUS_M && tool.z < top + FINGERTIP_ROOM_M
  })
}
