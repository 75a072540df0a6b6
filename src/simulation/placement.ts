import { FIXTURES } from './fixtures.ts'
import { SHAPES } from './shapes.ts'
import type { Goal, TaskDefinition } from './tasks.ts'
import type { WorldState } from './world.ts'

/** Where a goal's object has to come to rest, and how exactly. */
export interface Placement {
  /** Centre, m. */
  x: number
  y: number
  /** Height of the surface that the object will stand on, m. */
  surfaceHeightM: number
  /** The object's centre may be this far off along either axis, m. */
  acceptHalfSideM: number
  /** The object's centre may be this far above (and, on top of another object, below) its rest height, m. */
  acceptHeightM: number
  /** Height over rest at which the fingers let go, m. */
  releaseClearanceM: number
  /** The way down starts when the object is this well centred, m, and goes on while it is within the second number. */
  centredM: number
  centredLowM: number
  /** Whether the object itself, not the tool, has to be centred. */
  exact: boolean
}

const RELEASE_CLEARANCE_M = 0.008

/** Where the goal's object goes in this state; an object to stack on may have moved. */
export function placementOf(world: WorldState, task: TaskDefinition, { destination }: Goal): Placement {
  if (destination.kind === 'object') {
    const { x, y, z } = world.objects[destination.index]
    return {
      x,
      y,
      surfaceHeightM: z + SHAPES[task.objects[destination.index].shape].restHeightM,
      acceptHalfSideM: 0.016,
      acceptHeightM: 0.012,
      releaseClearanceM: 0.003,
      centredM: 0.006,
      centredLowM: 0.016,
      exact: true,
    }
  }
  const { kind, x, y } = task.fixtures[destination.index]
  const { surfaceHeightM, acceptHalfSideM } = FIXTURES[kind]
  return {
    x,
    y,
    surfaceHeightM,
    acceptHalfSideM,
    acceptHeightM: 0.015,
    releaseClearanceM: RELEASE_CLEARANCE_M,
    centredM: 0.015,
    centredLowM: kind === 'tray' ? 0.04 : 0.03,
    exact: false,
  }
}

/** Height of the centre of the goal's object once it stands in its place, m. */
export function restHeightAt(placement: Placement, task: TaskDefinition, object: number): number {
  return placement.surfaceHeightM + SHAPES[task.objects[object].shape].restHeightM
}

/** Height of the tool when it lets the goal's object go, m. */
export function releaseHeight(world: WorldState, task: TaskDefinition, goal: Goal): number {
  const placement = placementOf(world, task, goal)
  return restHeightAt(placement, task, goal.object) + placement.releaseClearanceM
}
