import { normal, type Random, uniform } from '../../core/random.ts'
import { FINGER_TRAVEL_M } from '../constants.ts'
import { poseBehind, PUSH_HEIGHT_M, PUSH_RUN_UP_M, pushContactM } from '../expert-push.ts'
import { placementOf } from '../placement.ts'
import type { Goal, TaskDefinition } from '../tasks.ts'
import type { ToolPose } from '../geometry.ts'
import type { WorldState } from '../world.ts'

/** Shares of the static states of a push, in this order: anywhere, coming down, in contact, slipped off; the rest is done. */
const ANYWHERE = 0.32
const COMING_DOWN = ANYWHERE + 0.22
const IN_CONTACT = COMING_DOWN + 0.34
const SLIPPED = IN_CONTACT + 0.07

/** A random state of a push, posed and not simulated: any place of the arm, the object anywhere on its way. */
export function randomPushWorld(random: Random, world: WorldState, task: TaskDefinition, goal: Goal): WorldState {
  const kind = random()
  world.gripper = 'close'
  world.openingM = 0
  if (kind < ANYWHERE) {
    if (random() < 0.35) world.gripper = 'open'
    if (random() < 0.5) world.openingM = uniform(random, 0, FINGER_TRAVEL_M)
    if (random() < 0.3) moveAlong(random, world, task, goal, random())
    world.tool = freePose(random)
    return world
  }
  const contactM = pushContactM(task, goal)
  if (kind < COMING_DOWN) {
    if (random() < 0.3) moveAlong(random, world, task, goal, random())
    const spread = random() < 0.5 ? 0.005 : 0.03
    place(random, world, poseBehind(world, task, goal, contactM + PUSH_RUN_UP_M), spread)
    world.tool.z = PUSH_HEIGHT_M + uniform(random, 0, 0.12)
    return world
  }
  moveAlong(random, world, task, goal, kind < SLIPPED ? random() : 1)
  if (kind < IN_CONTACT) {
    place(random, world, poseBehind(world, task, goal, contactM + uniform(random, -0.001, 0.025)), 0.004)
    return world
  }
  if (kind < SLIPPED) {
    const behind = poseBehind(world, task, goal, uniform(random, -0.05, contactM))
    place(random, world, behind, 0.03)
    return world
  }
  place(random, world, poseBehind(world, task, goal, contactM), 0.006)
  world.tool.z = uniform(random, PUSH_HEIGHT_M, 0.15)
  return world
}

/** Puts the object a share of its way towards the destination, not exactly on the line. */
function moveAlong(random: Random, world: WorldState, task: TaskDefinition, goal: Goal, share: number): void {
  const { x, y } = placementOf(world, task, goal)
  const object = world.objects[goal.object]
  object.x += share * (x - object.x) + 0.006 * normal(random)
  object.y += share * (y - object.y) + 0.006 * normal(random)
  object.yaw = uniform(random, -Math.PI / 4, Math.PI / 4)
}

function place(random: Random, world: WorldState, pose: ToolPose, spreadM: number): void {
  world.tool = {
    x: pose.x + spreadM * normal(random),
    y: pose.y + spreadM * normal(random),
    z: pose.z + 0.002 * normal(random),
    yaw: pose.yaw + 0.06 * normal(random),
  }
}

/** Anywhere in the workspace, seldom low. */
export function freePose(random: Random): ToolPose {
  const z = random() < 0.75 ? uniform(random, 0.1, 0.32) : uniform(random, 0.03, 0.14)
  return {
    x: uniform(random, -0.17, 0.19),
    y: uniform(random, -0.29, 0.29),
    z,
    yaw: uniform(random, -1, 1),
  }
}
