import { createRandom, deriveSeed, normal, type Random, randomInteger, uniform } from '../../core/random.ts'
import { FINGER_TRAVEL_M, WORKSPACE } from '../constants.ts'
import { CARRY_HEIGHT_M, graspPose } from '../expert.ts'
import { FIXTURES } from '../fixtures.ts'
import { clamp, planarDistance, type ToolPose } from '../geometry.ts'
import { placementOf, releaseHeight, restHeightAt } from '../placement.ts'
import { type ShapeName, SHAPES } from '../shapes.ts'
import type { Goal, TaskDefinition } from '../tasks.ts'
import { initialWorld, type WorldState } from '../world.ts'
import { freePose, randomPushWorld } from './static-push.ts'

/** Kinds of static states; a share of a half of one percent is exact enough to write the numbers plainly. */
const STATE_SHARES = {
  approach: 0.34,
  'near-target': 0.18,
  'near-distractor': 0.06,
  'at-grasp': 0.11,
  missed: 0.07,
  lift: 0.07,
  carry: 0.08,
  lower: 0.05,
  release: 0.025,
  retreat: 0.015,
} as const
type StaticState = keyof typeof STATE_SHARES

/** Half extents of the shapes' outlines seen from above, m, for keeping the fingers out of objects. */
const OUTLINES: Record<ShapeName, readonly [number, number]> = {
  cube: [0.021, 0.021],
  cylinder: [0.021, 0.021],
  brick: [0.043, 0.017],
}
const FINGER_HALF_WIDTH_M = 0.011
const FINGERTIP_BELOW_TOOL_M = 0.011
const FINGER_HALF_THICKNESS_M = 0.006

/**
 * A random state of a task, posed and not simulated: any place of the arm, any stage of the task. Independent scenes
 * teach the meaning of words far better than the frames of few episodes, which all look alike.
 */
export function randomStaticWorld(task: TaskDefinition, seed: number): WorldState {
  const random = createRandom(deriveSeed(seed, 'static'))
  // As many scenes of every goal; those before it are done.
  const goal = task.goals.length === 1 ? task.goals[0] : task.goals[randomInteger(random, task.goals.length)]
  const push = goal.manner === 'push'
  const kind = push ? 'approach' : chooseState(random)
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = baseWorld(random, task, goal)
    const world = push ? randomPushWorld(random, base, task, goal) : drawState(random, base, task, goal, kind)
    if (isFree(world, task, goal, kind)) return withLag(random, world)
  }
  return withLag(random, baseWorld(random, task, goal))
}

function chooseState(random: Random): StaticState {
  let rest = random()
  for (const [state, share] of Object.entries(STATE_SHARES)) {
    rest -= share
    if (rest < 0) return state as StaticState
  }
  return 'approach'
}

/** Everything where it stands at the start, but what the goals before `goal` move is where they want it. */
function baseWorld(random: Random, task: TaskDefinition, goal: Goal): WorldState {
  const restHeights = task.objects.map(({ shape }) => SHAPES[shape].restHeightM)
  const world = initialWorld(task, restHeights, FINGER_TRAVEL_M)
  for (const done of task.goals.slice(0, task.goals.indexOf(goal))) {
    const placement = placementOf(world, task, done)
    const spread = done.manner === 'push' ? 0.008 : placement.exact ? 0.003 : 0.006
    world.objects[done.object] = {
      x: placement.x + spread * clamp(normal(random), -2, 2),
      y: placement.y + spread * clamp(normal(random), -2, 2),
      z: restHeightAt(placement, task, done.object),
      yaw: uniform(random, -1, 1),
    }
  }
  return world
}

function drawState(random: Random, world: WorldState, task: TaskDefinition, goal: Goal, kind: StaticState): WorldState {
  const others = task.objects.length - 1
  switch (kind) {
    case 'approach':
      world.tool = freePose(random)
      return world
    case 'near-target':
      world.tool = nearObject(random, world, task, goal.object)
      return world
    case 'near-distractor':
      world.tool = nearObject(random, world, task, (goal.object + 1 + randomInteger(random, others)) % (others + 1))
      return world
    case 'at-grasp':
      return atGrasp(random, world, task, goal)
    case 'missed':
      return missed(random, world, task, goal)
    default:
      return inHand(random, world, task, goal, kind)
  }
}

/** Above or beside an object, with the misalignments that correcting movements start from. */
function nearObject(random: Random, world: WorldState, task: TaskDefinition, index: number): ToolPose {
  world.command.yaw = uniform(random, -1, 1)
  const grasp = graspPose(world, task, index)
  const spread = random() < 0.5 ? 0.008 : 0.035
  const turned = random() < 0.6
  return {
    x: grasp.x + spread * normal(random),
    y: grasp.y + spread * normal(random),
    z: grasp.z + uniform(random, 0, 0.12),
    yaw: turned ? grasp.yaw + 0.08 * normal(random) : world.command.yaw,
  }
}

/** Fingers around the object, open, closing or just closed. */
function atGrasp(random: Random, world: WorldState, task: TaskDefinition, goal: Goal): WorldState {
  world.command.yaw = uniform(random, -1, 1)
  const grasp = graspPose(world, task, goal.object)
  const { graspHalfWidthM } = SHAPES[task.objects[goal.object].shape]
  world.tool = {
    x: grasp.x + 0.004 * normal(random),
    y: grasp.y + 0.004 * normal(random),
    z: grasp.z + uniform(random, -0.002, 0.008),
    yaw: grasp.yaw + 0.03 * normal(random),
  }
  if (random() < 0.55) {
    world.gripper = 'close'
    world.openingM = uniform(random, graspHalfWidthM - 0.002, FINGER_TRAVEL_M)
  }
  return world
}

/** Closed on nothing, or opening again; beside the target or wherever a failed grasp may have led. */
function missed(random: Random, world: WorldState, task: TaskDefinition, goal: Goal): WorldState {
  world.tool = random() < 0.75 ? besideObject(random, world, task, goal.object) : freePose(random)
  const reopening = random() < 0.4
  world.gripper = reopening ? 'open' : 'close'
  world.openingM = reopening ? uniform(random, 0.002, 0.036) : Math.max(0, 0.003 * normal(random))
  return world
}

function besideObject(random: Random, world: WorldState, task: TaskDefinition, index: number): ToolPose {
  const object = world.objects[index]
  const angle = uniform(random, -Math.PI, Math.PI)
  const distance = uniform(random, 0.025, 0.09)
  const high = random() < 0.35
  return {
    x: object.x + distance * Math.cos(angle),
    y: object.y + distance * Math.sin(angle),
    z: SHAPES[task.objects[index].shape].restHeightM + (high ? uniform(random, 0.02, 0.1) : uniform(random, 0, 0.01)),
    yaw: uniform(random, -1, 1),
  }
}

/** The object is in the hand, or has just left it in its place. */
function inHand(
  random: Random,
  world: WorldState,
  task: TaskDefinition,
  goal: Goal,
  kind: 'lift' | 'carry' | 'lower' | 'release' | 'retreat',
): WorldState {
  const place = placementOf(world, task, goal)
  const object = world.objects[goal.object]
  const release = releaseHeight(world, task, goal)
  const near = place.exact ? 0.003 : kind === 'release' || kind === 'retreat' ? 0.005 : 0.01
  world.tool = {
    x: place.x + near * normal(random),
    y: place.y + near * normal(random),
    z: 0,
    yaw: uniform(random, -1, 1),
  }
  if (kind === 'lift') {
    world.tool.x = object.x
    world.tool.y = object.y
    world.tool.z = object.z + uniform(random, 0, CARRY_HEIGHT_M - 0.02 - object.z)
  } else if (kind === 'carry') {
    // Carrying runs from where objects stand to the tray, which this rectangle covers.
    world.tool.x = uniform(random, -0.15, 0.17)
    world.tool.y = uniform(random, -0.28, 0.28)
    world.tool.z = uniform(random, 0.115, 0.175)
  } else if (kind === 'lower') {
    world.tool.z = uniform(random, release, CARRY_HEIGHT_M)
  } else {
    world.tool.z = release + uniform(random, -0.001, 0.006)
  }
  attachObject(random, world, task, goal)
  if (kind === 'release' && random() < 0.6) letGo(random, world, task, goal, 0.006)
  if (kind === 'retreat') {
    letGo(random, world, task, goal, 0.02)
    world.tool.z = uniform(random, release, CARRY_HEIGHT_M)
  }
  return world
}

/** Puts the object between the closed fingers, slightly off centre along the pads. */
function attachObject(random: Random, world: WorldState, task: TaskDefinition, goal: Goal): void {
  const { graspHalfWidthM, yawPeriodRad } = SHAPES[task.objects[goal.object].shape]
  const { tool } = world
  const along = 0.004 * normal(random)
  const turn = yawPeriodRad === undefined ? uniform(random, -Math.PI, Math.PI) : 0.02 * normal(random)
  world.gripper = 'close'
  world.openingM = graspHalfWidthM - 0.0015
  world.objects[goal.object] = {
    x: tool.x + along * Math.cos(tool.yaw),
    y: tool.y + along * Math.sin(tool.yaw),
    z: tool.z + 0.002 * normal(random),
    yaw: tool.yaw + turn,
  }
}

/** Opens the fingers by up to `extraM` beyond the release width and lets the object stand in the fixture. */
function letGo(random: Random, world: WorldState, task: TaskDefinition, goal: Goal, extraM: number): void {
  const { graspHalfWidthM } = SHAPES[task.objects[goal.object].shape]
  world.gripper = 'open'
  world.openingM = Math.min(FINGER_TRAVEL_M, graspHalfWidthM + uniform(random, 0, extraM))
  world.objects[goal.object].z = restHeightAt(placementOf(world, task, goal), task, goal.object)
}

/** A command ahead of the measured pose in a direction that says nothing about the goal. */
function withLag(random: Random, world: WorldState): WorldState {
  const { tool } = world
  const limit = { ...WORKSPACE }
  const lag = random() < 0.35 ? 0.001 : uniform(random, 0.002, 0.011)
  const direction = [normal(random), normal(random), normal(random)]
  const length = Math.hypot(...direction)
  tool.x = clamp(tool.x, limit.minX, limit.maxX)
  tool.y = clamp(tool.y, limit.minY, limit.maxY)
  tool.z = clamp(tool.z, limit.minZ, limit.maxZ)
  world.command = {
    x: clamp(tool.x + (lag * direction[0]) / length, limit.minX, limit.maxX),
    y: clamp(tool.y + (lag * direction[1]) / length, limit.minY, limit.maxY),
    z: clamp(tool.z + (lag * direction[2]) / length, limit.minZ, limit.maxZ),
    yaw: tool.yaw + 0.02 * normal(random),
  }
  return world
}

/** Whether the fingers are inside no object and no fixture, except where the state is about just that. */
function isFree(world: WorldState, task: TaskDefinition, goal: Goal, kind: StaticState): boolean {
  const placing = kind === 'lower' || kind === 'release' || kind === 'retreat'
  const tip = world.tool.z - FINGERTIP_BELOW_TOOL_M
  const held = world.objects[goal.object]
  const lifted = kind === 'lift' || kind === 'carry' || placing
  const support = goal.destination.kind === 'object' ? goal.destination.index : undefined
  const apart = world.objects.every(
    (other, index) => index === goal.object || index === support || planarDistance(other, held) > 0.07,
  )
  if (lifted && world.tool.z < 0.115 && !apart) return false
  if (!placing && tip < 0.03 && task.fixtures.some((each) => !FIXTURES[each.kind].flat && isOver(world.tool, each)))
    return false
  return world.objects.every((object, index) => {
    const own = index === goal.object && (lifted || kind === 'at-grasp' || goal.manner === 'push')
    const { shape } = task.objects[index]
    return own || tip > object.z + SHAPES[shape].restHeightM || !fingersInside(world, object, OUTLINES[shape])
  })
}

function isOver(tool: ToolPose, fixture: TaskDefinition['fixtures'][number]): boolean {
  const reach = FIXTURES[fixture.kind].footprintHalfSideM + 0.05
  return Math.abs(tool.x - fixture.x) < reach && Math.abs(tool.y - fixture.y) < reach
}

function fingersInside(
  { tool, openingM }: WorldState,
  object: WorldState['objects'][number],
  outline: readonly [number, number],
): boolean {
  return [-1, 1].some((side) => {
    const reach = side * (openingM + FINGER_HALF_THICKNESS_M)
    const dx = tool.x + reach * Math.sin(tool.yaw) - object.x
    const dy = tool.y - reach * Math.cos(tool.yaw) - object.y
    const along = Math.abs(dx * Math.cos(object.yaw) + dy * Math.sin(object.yaw))
    const across = Math.abs(-dx * Math.sin(object.yaw) + dy * Math.cos(object.yaw))
    return along < outline[0] + FINGER_HALF_WIDTH_M && across < outline[1] + FINGER_HALF_WIDTH_M
  })
}
