import { createRandom, deriveSeed, type Random, shuffled, uniform } from '../../core/random.ts'
import { planarDistance } from '../geometry.ts'
import { COLOUR_NAMES, type ShapeName, SHAPES } from '../shapes.ts'
import type { FixtureSpec, Goal, ObjectSpec, Scene } from '../tasks.ts'
import { clearOf, OBJECT_AREA, OBJECT_SPACING_M, randomAppearance, randomStart } from './layout.ts'

/** Objects of the scene that suites "goal" and "long" share: one of each shape. */
const SCENE_SHAPES = ['cube', 'cylinder', 'brick'] as const satisfies readonly ShapeName[]
export const [CUBE, CYLINDER, BRICK] = [0, 1, 2]

/** Fixtures of that scene. */
export const [TRAY, PLATE, FIRST_PAD, SECOND_PAD] = [0, 1, 2, 3]

/** Room that a push needs beside its way, m, and behind the object for the closed fingers. */
const PUSH_CLEARANCE_M = 0.068
const PUSH_RUN_UP_M = 0.075

/** A push shorter than this is hardly one, m. */
const PUSH_DISTANCE_M = 0.1

const LAYOUT_ATTEMPTS = 4000
const DRAWS_PER_LAYOUT = 60

type Place = Pick<ObjectSpec, 'x' | 'y' | 'yaw'>

/**
 * A scene with a cube, a cylinder and a brick, a tray on one side, a plate on the other and two pads between, all of
 * different colours. The cube can be pushed onto either pad or the cylinder onto one, so that every goal makes sense in it.
 */
export function tabletopScene(seed: number, suite: 'goal' | 'long'): Scene {
  const looksRandom = createRandom(deriveSeed(seed, `${suite}/looks`))
  const layoutRandom = createRandom(deriveSeed(seed, `${suite}/layout`))
  const appearanceRandom = createRandom(deriveSeed(seed, `${suite}/appearance`))
  const colours = shuffled(looksRandom, COLOUR_NAMES)
  const { fixtures, places } = drawLayout(layoutRandom)
  const pads = [colours[3], colours[4]]
  return {
    seed,
    objects: SCENE_SHAPES.map((shape, index) => ({ shape, colour: colours[index], ...places[index] })),
    fixtures: fixtures.map((fixture, index) =>
      index < FIRST_PAD ? fixture : { ...fixture, colour: pads[index - FIRST_PAD] },
    ),
    start: randomStart(layoutRandom),
    appearance: randomAppearance(appearanceRandom, SCENE_SHAPES.length),
  }
}

/** Put, or push, an object to a fixture. */
export function toFixture(object: number, fixture: number, manner: Goal['manner'] = 'place'): Goal {
  return { object, destination: { kind: 'fixture', index: fixture }, manner }
}

/** Stack an object on another. */
export function ontoObject(object: number, support: number): Goal {
  return { object, destination: { kind: 'object', index: support }, manner: 'place' }
}

/** The pad onto which an object can be pushed straight, the first if both will do; undefined if neither. */
export function pushablePad(scene: Pick<Scene, 'objects' | 'fixtures'>, object: number): number | undefined {
  return [FIRST_PAD, SECOND_PAD].find((pad) => isPushClear(scene.objects, scene.fixtures, object, pad))
}

/** Whether nothing stands in the way of a push or where the fingers come down behind the object. */
function isPushClear(
  objects: readonly Pick<ObjectSpec, 'x' | 'y'>[],
  fixtures: readonly FixtureSpec[],
  object: number,
  pad: number,
): boolean {
  const [from, to] = [objects[object], fixtures[pad]]
  const distance = planarDistance(from, to)
  if (distance < PUSH_DISTANCE_M) return false
  const [ux, uy] = [(to.x - from.x) / distance, (to.y - from.y) / distance]
  const start = { x: from.x - PUSH_RUN_UP_M * ux, y: from.y - PUSH_RUN_UP_M * uy }
  if (start.x < -0.17 || start.x > 0.2) return false
  const steps = 12
  for (let i = 0; i <= steps; i++) {
    const s = (i / steps) * (distance + PUSH_RUN_UP_M)
    const at = { x: start.x + s * ux, y: start.y + s * uy }
    const nearOther = objects.some((other, index) => index !== object && planarDistance(other, at) < PUSH_CLEARANCE_M)
    const nearFixture = fixtures.some((fixture, index) => index < FIRST_PAD && !clearOfBy(at, fixture, 0.035))
    if (nearOther || nearFixture) return false
  }
  return true
}

function clearOfBy(place: { x: number; y: number }, fixture: FixtureSpec, roomM: number): boolean {
  const half = fixture.kind === 'tray' ? 0.085 : 0.062
  const dx = Math.max(0, Math.abs(place.x - fixture.x) - half)
  const dy = Math.max(0, Math.abs(place.y - fixture.y) - half)
  return Math.hypot(dx, dy) >= roomM
}

function drawLayout(random: Random): { fixtures: FixtureSpec[]; places: Place[] } {
  for (let attempt = 0; attempt < LAYOUT_ATTEMPTS; attempt++) {
    const fixtures = drawFixtures(random)
    const places = fixtures && drawPlaces(random, fixtures)
    if (!fixtures || !places) continue
    const pushable = (object: number) =>
      [FIRST_PAD, SECOND_PAD].some((pad) => isPushClear(places, fixtures, object, pad))
    if (pushable(CUBE) && pushable(CYLINDER)) return { fixtures, places }
  }
  throw new Error('No free layout for three objects, a tray, a plate and two pads.')
}

function drawFixtures(random: Random): FixtureSpec[] | undefined {
  const side = random() < 0.5 ? -1 : 1
  const pad = (): FixtureSpec => ({ kind: 'pad', x: uniform(random, -0.13, 0.15), y: uniform(random, -0.13, 0.13) })
  const fixtures: FixtureSpec[] = [
    { kind: 'tray', x: uniform(random, -0.06, 0.04), y: side * uniform(random, 0.225, 0.25) },
    { kind: 'plate', x: uniform(random, -0.06, 0.06), y: -side * uniform(random, 0.235, 0.26) },
    pad(),
    pad(),
  ]
  const [tray, plate, first, second] = fixtures
  // An object that stands on a pad needs room for the gripper.
  const roomy = [first, second].every((each) => clearOfBy(each, tray, 0.06) && clearOfBy(each, plate, 0.06))
  return roomy && planarDistance(first, second) > 0.13 ? fixtures : undefined
}

function drawPlaces(random: Random, fixtures: readonly FixtureSpec[]): Place[] | undefined {
  const places: Place[] = []
  for (let draw = 0; draw < DRAWS_PER_LAYOUT; draw++) {
    const shape = SHAPES[SCENE_SHAPES[places.length]]
    const place = {
      x: uniform(random, OBJECT_AREA.minX, OBJECT_AREA.maxX),
      y: uniform(random, OBJECT_AREA.minY, OBJECT_AREA.maxY),
      yaw: uniform(random, -shape.yawLimitRad, shape.yawLimitRad),
    }
    const free =
      places.every((other) => planarDistance(place, other) >= OBJECT_SPACING_M) &&
      fixtures.every((fixture) => clearOf(place, fixture, shape.footprintRadiusM)) &&
      // A thing set down on a pad must not touch its neighbours, nor the gripper that sets it down.
      fixtures.every(({ kind, x, y }) => kind !== 'pad' || planarDistance(place, { x, y }) > 0.095)
    if (free) places.push(place)
    if (places.length === SCENE_SHAPES.length) return places
  }
  return undefined
}
