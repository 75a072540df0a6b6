import { WORKSPACE } from './constants.ts'
import { FIXTURES } from './fixtures.ts'
import { clamp, planarDistance } from './geometry.ts'
import { SHAPES } from './shapes.ts'
import type { FixtureSpec, TaskDefinition } from './tasks.ts'
import type { ObjectPose, WorldState } from './world.ts'

/** Where an object goes, or why it cannot go there. */
export type HandPlacement = { status: 'free'; pose: ObjectPose } | { status: 'blocked'; reason: string }

/** Objects that a person moves keep this distance to the edge of what the arm can reach, m. */
const EDGE_M = 0.02

/** Space that an open hand takes around the tool point, m. */
const HAND_RADIUS_M = 0.06
const HAND_HEIGHT_M = 0.1

/**
 * Where object `index` stands when a person puts it at a place: on the table or in a fixture, within the arm's reach, never
 * into another object, the rim of a fixture or the hand, which would make the physics explode.
 */
export function placeObject(
  task: TaskDefinition,
  world: WorldState,
  index: number,
  place: { x: number; y: number },
): HandPlacement {
  const shape = SHAPES[task.objects[index].shape]
  const x = clamp(place.x, WORKSPACE.minX + EDGE_M, WORKSPACE.maxX - EDGE_M)
  const y = clamp(place.y, WORKSPACE.minY + EDGE_M, WORKSPACE.maxY - EDGE_M)
  const neighbour = world.objects.findIndex((other, i) => {
    return i !== index && planarDistance(other, { x, y }) < shape.footprintRadiusM + footprintOf(task, i)
  })
  if (neighbour >= 0) return { status: 'blocked', reason: `The ${objectNames(task)[neighbour]} is in the way.` }
  if (planarDistance(world.tool, { x, y }) < shape.footprintRadiusM + HAND_RADIUS_M && world.tool.z < HAND_HEIGHT_M) {
    return { status: 'blocked', reason: 'The hand is in the way.' }
  }
  let surfaceM = 0
  for (const fixture of task.fixtures) {
    const fit = fitOn(fixture, { x, y }, shape.footprintRadiusM)
    if (fit === 'rim') return { status: 'blocked', reason: `The rim of the ${fixture.kind} is in the way.` }
    if (fit === 'inside') surfaceM = FIXTURES[fixture.kind].surfaceHeightM
  }
  return { status: 'free', pose: { x, y, z: surfaceM + shape.restHeightM, yaw: world.objects[index].yaw } }
}

/** Names of a task's objects as instructions call them, numbered where two look alike. */
export function objectNames({ objects }: TaskDefinition): string[] {
  const looks = objects.map(({ colour, shape }) => `${colour} ${shape}`)
  return looks.map((look, index) => {
    const before = looks.slice(0, index).filter((other) => other === look).length
    return before === 0 ? look : `${look} ${before + 1}`
  })
}

function footprintOf(task: TaskDefinition, index: number): number {
  return SHAPES[task.objects[index].shape].footprintRadiusM
}

function fitOn(fixture: FixtureSpec, place: { x: number; y: number }, radiusM: number): 'inside' | 'rim' | 'outside' {
  const { footprintHalfSideM, flat } = FIXTURES[fixture.kind]
  const offset = Math.max(Math.abs(place.x - fixture.x), Math.abs(place.y - fixture.y))
  if (offset + radiusM < footprintHalfSideM) return 'inside'
  return offset - radiusM < footprintHalfSideM && !flat ? 'rim' : 'outside'
}
