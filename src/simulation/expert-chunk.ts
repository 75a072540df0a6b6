import { ACTION_SIZE, type Action } from '../core/schema/observation.ts'
import {
  ACTION_ROTATION_RAD,
  ACTION_TRANSLATION_M,
  CHUNK_STEPS,
  FINGER_STEP_M,
  FINGER_TRAVEL_M,
  WORKSPACE,
} from './constants.ts'
import { actionTowards, decide, type ExpertDecision } from './expert.ts'
import { foreseePush } from './expert-push.ts'
import { FIXTURES } from './fixtures.ts'
import { clamp, planarDistance } from './geometry.ts'
import { activeGoalIndex, isHolding } from './predicates.ts'
import { placementOf, restHeightAt } from './placement.ts'
import { SHAPES } from './shapes.ts'
import type { Goal, TaskDefinition } from './tasks.ts'
import { copyWorld, type WorldState } from './world.ts'

/** Share of the lag behind the command that the arm makes up in one control step; measured in the physics. */
const TRACKING = 0.66

/** Pads sink this far into what they hold, m; measured. */
const PAD_SINK_M = 0.0015

/** An object let go this near to the middle of another stays on it, m. */
const STACKED_WITHIN_M = 0.02

/** A label: the expert's next actions from a state, and what it pursues there. */
export interface ExpertChunk {
  /** {@link CHUNK_STEPS} actions in a row. */
  actions: Float32Array
  /** The decision of the first of them. */
  decision: ExpertDecision
}

/**
 * The expert's next {@link CHUNK_STEPS} actions from any state, foreseen without physics: the arm follows its command
 * with a lag, fingers stop at the object, a held object moves along, a released one falls.
 */
export function expertChunk(world: WorldState, task: TaskDefinition, goal: Goal): ExpertChunk {
  const decision = decide(world, task, goal)
  const actions = new Float32Array(CHUNK_STEPS * ACTION_SIZE)
  let state = world
  let current = goal
  for (let step = 0; step < CHUNK_STEPS; step++) {
    const action = actionTowards(state.command, step === 0 ? decision : decide(state, task, current))
    actions.set(action, step * ACTION_SIZE)
    state = foresee(state, task, current, action)
    // The second goal begins within the chunk that ends the first.
    if (task.goals.length > 1) current = task.goals[activeGoalIndex(state, task)]
  }
  return { actions, decision }
}

/** The state one control step later, without physics. Only the goal's object can be moved. */
export function foresee(world: WorldState, task: TaskDefinition, goal: Goal, action: Action): WorldState {
  const next = copyWorld(world)
  const { minX, maxX, minY, maxY, minZ, maxZ } = WORKSPACE
  next.command.x = clamp(world.command.x + action[0] * ACTION_TRANSLATION_M, minX, maxX)
  next.command.y = clamp(world.command.y + action[1] * ACTION_TRANSLATION_M, minY, maxY)
  next.command.z = clamp(world.command.z + action[2] * ACTION_TRANSLATION_M, minZ, maxZ)
  next.command.yaw = world.command.yaw + action[5] * ACTION_ROTATION_RAD
  for (const axis of ['x', 'y', 'z', 'yaw'] as const) {
    next.tool[axis] = world.tool[axis] + TRACKING * (next.command[axis] - world.tool[axis])
  }
  if (action[6] !== 0) next.gripper = action[6] > 0 ? 'open' : 'close'
  if (goal.manner === 'push') return foreseePush(world, next, task, goal)
  const target = next.objects[goal.object]
  next.openingM = foreseeFingers(next, task, goal)
  const heldBefore = isHolding(world, task, goal.object)
  if (heldBefore && next.gripper === 'close') {
    target.x += next.tool.x - world.tool.x
    target.y += next.tool.y - world.tool.y
    target.z += next.tool.z - world.tool.z
    target.yaw += next.tool.yaw - world.tool.yaw
  } else {
    target.z = next.openingM > holdWidth(task, goal) + 0.001 ? restingHeight(next, task, goal) : target.z
  }
  return next
}

function holdWidth(task: TaskDefinition, { object }: Goal): number {
  return SHAPES[task.objects[object].shape].graspHalfWidthM - PAD_SINK_M
}

function foreseeFingers(world: WorldState, task: TaskDefinition, goal: Goal): number {
  // Opening starts late, for the servo's set point first has to come back from inside the object.
  if (world.gripper === 'open') return Math.min(FINGER_TRAVEL_M, world.openingM + 0.75 * FINGER_STEP_M)
  const target = world.objects[goal.object]
  const between = planarDistance(world.tool, target) < 0.024 && Math.abs(world.tool.z - target.z) < 0.03
  const stop = between ? holdWidth(task, goal) : 0
  return world.openingM < stop ? world.openingM : Math.max(stop, world.openingM - FINGER_STEP_M)
}

/** Height of the centre of the goal's object once it has fallen straight down, m. */
function restingHeight(world: WorldState, task: TaskDefinition, goal: Goal): number {
  const { object: index, destination } = goal
  const object = world.objects[index]
  const rest = SHAPES[task.objects[index].shape].restHeightM
  if (destination.kind === 'object' && planarDistance(object, world.objects[destination.index]) < STACKED_WITHIN_M) {
    return restHeightAt(placementOf(world, task, goal), task, index)
  }
  const below = task.fixtures.find(({ kind, x, y }) => {
    const half = FIXTURES[kind].acceptHalfSideM
    return Math.abs(object.x - x) < half && Math.abs(object.y - y) < half
  })
  return rest + (below ? FIXTURES[below.kind].surfaceHeightM : 0)
}
