import { normal, type Random, uniform } from '../../core/random.ts'
import { FIXTURES } from '../fixtures.ts'
import { normalised, planarDistance, type ToolPose, type Vector3 } from '../geometry.ts'
import { type ShapeName, SHAPES } from '../shapes.ts'
import type { Appearance, FixtureSpec, ObjectSpec } from '../tasks.ts'

/** Where objects may stand, m. */
export const OBJECT_AREA = { minX: -0.13, maxX: 0.15, minY: -0.25, maxY: 0.25 } as const

/** Centres keep this distance, m: room for an open gripper around one object without touching the next. */
export const OBJECT_SPACING_M = 0.108

const MAX_ATTEMPTS = 4000

/** A tray on the left or the right of the workspace, mildly displaced. */
export function randomTray(random: Random): FixtureSpec {
  const side = random() < 0.5 ? -1 : 1
  return { kind: 'tray', x: uniform(random, -0.07, 0.08), y: side * uniform(random, 0.15, 0.22) }
}

/**
 * Places for objects of these shapes that overlap neither each other nor a fixture.
 * @throws Error when no layout is found, which for four objects and one tray does not happen.
 */
export function placeObjects(
  random: Random,
  shapes: readonly ShapeName[],
  fixtures: readonly FixtureSpec[],
): Pick<ObjectSpec, 'x' | 'y' | 'yaw'>[] {
  const places: Pick<ObjectSpec, 'x' | 'y' | 'yaw'>[] = []
  for (let attempt = 0; attempt < MAX_ATTEMPTS && places.length < shapes.length; attempt++) {
    // A greedy layout can paint itself into a corner: start over now and then.
    if (attempt % 200 === 199) places.length = 0
    const shape = SHAPES[shapes[places.length]]
    const place = {
      x: uniform(random, OBJECT_AREA.minX, OBJECT_AREA.maxX),
      y: uniform(random, OBJECT_AREA.minY, OBJECT_AREA.maxY),
      yaw: uniform(random, -shape.yawLimitRad, shape.yawLimitRad),
    }
    const free =
      places.every((other) => planarDistance(place, other) >= OBJECT_SPACING_M) &&
      fixtures.every((fixture) => clearOf(place, fixture, shape.footprintRadiusM))
    if (free) places.push(place)
  }
  if (places.length < shapes.length) throw new Error(`No free layout for ${shapes.length} objects.`)
  return places
}

/** Whether a disc around `place` clears the square of a fixture, with room for the outside of the gripper. */
export function clearOf(place: { x: number; y: number }, fixture: FixtureSpec, radiusM: number): boolean {
  const { footprintHalfSideM: half, flat } = FIXTURES[fixture.kind]
  const dx = Math.max(0, Math.abs(place.x - fixture.x) - half)
  const dy = Math.max(0, Math.abs(place.y - fixture.y) - half)
  return Math.hypot(dx, dy) >= (flat ? radiusM + 0.008 : Math.max(radiusM + 0.01, 0.06))
}

/** A start pose above the workspace, tool down. */
export function randomStart(random: Random): ToolPose {
  return {
    x: uniform(random, -0.12, 0.02),
    y: uniform(random, -0.12, 0.12),
    z: uniform(random, 0.2, 0.3),
    yaw: uniform(random, -0.4, 0.4),
  }
}

/** Mild random looks for a scene of `objectCount` objects. */
export function randomAppearance(random: Random, objectCount: number): Appearance {
  const shade = uniform(random, 0.62, 0.78)
  return {
    lightDirection: normalised([uniform(random, 0.25, 0.55), uniform(random, -0.4, 0.4), uniform(random, 0.8, 1)]),
    ambient: uniform(random, 0.38, 0.5),
    tableRgb: [shade, shade * uniform(random, 0.94, 0.99), shade * uniform(random, 0.84, 0.93)],
    objectGain: Array.from({ length: objectCount }, (): Vector3 => {
      const common = uniform(random, 0.92, 1.05)
      return [common * jitter(random), common * jitter(random), common * jitter(random)]
    }),
    frontCameraOffset: [0.006 * normal(random), 0.006 * normal(random), 0.006 * normal(random)],
    frontLookAtOffset: [0.005 * normal(random), 0.005 * normal(random), 0],
  }
}

function jitter(random: Random): number {
  return uniform(random, 0.96, 1.04)
}
