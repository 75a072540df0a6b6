import { createRandom, deriveSeed, type Random, shuffled, uniform } from '../../core/random.ts'
import { HORIZON_STEPS } from '../constants.ts'
import { planarDistance } from '../geometry.ts'
import { COLOUR_NAMES, SHAPE_NAMES, type ShapeName, SHAPES } from '../shapes.ts'
import type { FixtureSpec, Goal, ObjectSpec, Referent, Scene, Suite, TaskDefinition, Wording } from '../tasks.ts'
import { clearOf, OBJECT_AREA, OBJECT_SPACING_M, randomAppearance, randomStart } from './layout.ts'
import { type Phrasings, say } from './wording.ts'

/**
 * Where the target stands, seen in the front view: right is +y, in front is towards that camera, +x. The twin stands on
 * the opposite side, or farther from (nearer to) the landmark.
 */
const OPPOSITE = {
  left: 'right',
  right: 'left',
  front: 'behind',
  behind: 'front',
  nearest: 'farthest',
  farthest: 'nearest',
} as const
type Relation = keyof typeof OPPOSITE

const RELATION_WORDS: Record<Relation, string> = {
  left: 'left of',
  right: 'right of',
  front: 'in front of',
  behind: 'behind',
  nearest: 'nearest to',
  farthest: 'farthest from',
}

type LandmarkKind = 'object' | 'tray' | 'pad'

const TASK_PARTS: readonly (readonly [Relation, LandmarkKind])[] = [
  ['left', 'object'],
  ['right', 'object'],
  ['front', 'object'],
  ['behind', 'object'],
  ['nearest', 'object'],
  ['farthest', 'object'],
  ['nearest', 'tray'],
  ['farthest', 'tray'],
  ['left', 'pad'],
  ['right', 'pad'],
]

const TASKS = TASK_PARTS.map(([relation, landmark]) => taskIdOf(relation, landmark))

type Place = Pick<ObjectSpec, 'x' | 'y' | 'yaw'>

/** Positions in the list that placing works on: the two that look the same, then the others. */
const FIRST_TWIN = 0
const SECOND_TWIN = 1
const OTHER = 2

/** Displacement to the landmark across the direction that a relation names, at most, m. */
const SIDEWAYS_M = 0.065

/** Difference of the twins' distances to the landmark, at least, m: seen without a ruler. */
const DISTANCE_MARGIN_M = 0.08

const LAYOUT_ATTEMPTS = 4000
const DRAWS_PER_LAYOUT = 200

/**
 * Suite "spatial": "put the {colour} {shape} left of the {landmark} in the tray". Two objects look the same; only the
 * relation to the landmark (another object, the tray, a coloured pad) tells which one is meant.
 */
export const SPATIAL_SUITE: Suite = {
  tasks: TASKS,
  horizonSteps: HORIZON_STEPS,
  create: createSpatialTask,
  alternatives: (task) => [opposite(task)],
}

function createSpatialTask(seed: number, wording: Wording): TaskDefinition {
  const looksRandom = createRandom(deriveSeed(seed, 'spatial/looks'))
  const layoutRandom = createRandom(deriveSeed(seed, 'spatial/layout'))
  const appearanceRandom = createRandom(deriveSeed(seed, 'spatial/appearance'))
  const [relation, landmarkKind] = TASK_PARTS[seed % TASK_PARTS.length]
  const [twinColour, otherColour, padColour] = shuffled(looksRandom, COLOUR_NAMES)
  const [twinShape, otherShape] = shuffled(looksRandom, SHAPE_NAMES)
  const twin = { colour: twinColour, shape: twinShape }
  // The second distractor shares its colour with the twins and its shape with the landmark.
  const looks = [twin, twin, { colour: otherColour, shape: otherShape }, { colour: twinColour, shape: otherShape }]
  const { fixtures, places } = drawLayout(
    layoutRandom,
    looks.map((look) => look.shape),
    { relation, landmarkKind },
  )
  if (landmarkKind === 'pad') fixtures[1].colour = padColour
  const order = sortedByShape(looks.map((look) => look.shape))
  const scene: Scene = {
    seed,
    objects: order.map((index) => ({ ...looks[index], ...places[index] })),
    fixtures,
    start: randomStart(layoutRandom),
    appearance: randomAppearance(appearanceRandom, looks.length),
  }
  const landmark: Referent =
    landmarkKind === 'object'
      ? { kind: 'object', index: order.indexOf(OTHER) }
      : { kind: 'fixture', index: landmarkKind === 'tray' ? 0 : 1 }
  return taskFor(scene, order.indexOf(FIRST_TWIN), landmark, relation, wording)
}

/** Indices in the order of their shapes, equal shapes in their own order. */
function sortedByShape(shapes: readonly ShapeName[]): number[] {
  return shapes.map((_, i) => i).sort((a, b) => SHAPE_NAMES.indexOf(shapes[a]) - SHAPE_NAMES.indexOf(shapes[b]))
}

function taskFor(
  scene: Scene,
  object: number,
  landmark: Referent,
  relation: Relation,
  wording: Wording,
): TaskDefinition {
  const goal: Goal = { object, destination: { kind: 'fixture', index: 0 }, manner: 'place', landmark }
  const kind = landmark.kind === 'object' ? 'object' : scene.fixtures[landmark.index].kind
  return {
    ...scene,
    ...say(scene, [goal], phrasings(relation), wording),
    suite: 'spatial',
    taskId: taskIdOf(relation, kind),
    wording,
    goals: [goal],
  }
}

/** "left-of-object", "nearest-to-tray", ... */
function taskIdOf(relation: Relation, landmark: string): string {
  return `${RELATION_WORDS[relation].replaceAll(' ', '-')}-${landmark}`
}

function relationOf(taskId: string): Relation {
  const relations = Object.keys(RELATION_WORDS) as Relation[]
  const found = relations.find((relation) => taskId.startsWith(`${RELATION_WORDS[relation].replaceAll(' ', '-')}-`))
  if (found === undefined) throw new Error(`"${taskId}" is no task of suite "spatial".`)
  return found
}

function phrasings(relation: Relation): Phrasings {
  const words = RELATION_WORDS[relation]
  return {
    trained: [
      `put {target} ${words} {landmark} in {destination}`,
      `place {target} that is ${words} {landmark} in {destination}`,
      `move {target} ${words} {landmark} into {destination}`,
    ],
    heldOut: [`put {target} that is ${words} {landmark} into {destination}`],
  }
}

/** The twin instead of the target. */
function opposite(task: TaskDefinition): TaskDefinition {
  const [{ object, landmark }] = task.goals
  if (landmark === undefined) throw new Error('A task of suite "spatial" has a landmark.')
  const { colour, shape } = task.objects[object]
  const twin = task.objects.findIndex((other, i) => i !== object && other.colour === colour && other.shape === shape)
  const relation = relationOf(task.taskId)
  return taskFor(task, twin, landmark, OPPOSITE[relation], task.wording)
}

interface Layout {
  fixtures: FixtureSpec[]
  places: Place[]
}

function drawLayout(
  random: Random,
  shapes: readonly ShapeName[],
  rule: { relation: Relation; landmarkKind: LandmarkKind },
): Layout {
  for (let attempt = 0; attempt < LAYOUT_ATTEMPTS; attempt++) {
    const layout = tryLayout(random, shapes, rule)
    if (layout) return layout
  }
  throw new Error(`No free layout for the relation "${rule.relation}".`)
}

function tryLayout(
  random: Random,
  shapes: readonly ShapeName[],
  { relation, landmarkKind }: { relation: Relation; landmarkKind: LandmarkKind },
): Layout | undefined {
  const side = random() < 0.5 ? -1 : 1
  const fixtures: FixtureSpec[] = [
    { kind: 'tray', x: uniform(random, -0.07, 0.06), y: side * uniform(random, 0.2, 0.24) },
  ]
  if (landmarkKind === 'pad') {
    fixtures.push({ kind: 'pad', x: uniform(random, -0.08, 0.1), y: uniform(random, -0.14, 0.14) })
    const [tray, pad] = fixtures
    if (Math.abs(tray.y - pad.y) < 0.13 && Math.abs(tray.x - pad.x) < 0.13) return undefined
  }
  const places = new Array<Place | undefined>(shapes.length).fill(undefined)
  const fixed = landmarkKind === 'object' ? undefined : fixtures[landmarkKind === 'tray' ? 0 : 1]
  // A landmark is placed first, then the twins where the relation wants them.
  const order = fixed ? [FIRST_TWIN, SECOND_TWIN, OTHER, OTHER + 1] : [OTHER, FIRST_TWIN, SECOND_TWIN, OTHER + 1]
  for (let draw = 0, next = 0; draw < DRAWS_PER_LAYOUT; draw++) {
    const index = order[next]
    const shape = SHAPES[shapes[index]]
    const place = {
      x: uniform(random, OBJECT_AREA.minX, OBJECT_AREA.maxX),
      y: uniform(random, OBJECT_AREA.minY, OBJECT_AREA.maxY),
      yaw: uniform(random, -shape.yawLimitRad, shape.yawLimitRad),
    }
    const free =
      places.every((other) => other === undefined || planarDistance(place, other) >= OBJECT_SPACING_M) &&
      fixtures.every((fixture) => clearOf(place, fixture, shape.footprintRadiusM))
    if (!free) continue
    const landmark = fixed ?? places[OTHER]
    if (landmark && index === FIRST_TWIN && !stands(place, landmark, relation)) continue
    if (landmark && index === SECOND_TWIN && !isTwinOf(place, places[FIRST_TWIN], landmark, relation)) continue
    places[index] = place
    if (++next === order.length) return { fixtures, places: places as Place[] }
  }
  return undefined
}

/** Whether a place is clearly on the named side of the landmark; distances are compared with the twin's later. */
function stands(place: Place, landmark: { x: number; y: number }, relation: Relation): boolean {
  const [dx, dy] = [place.x - landmark.x, place.y - landmark.y]
  const beside = Math.abs(dx) < SIDEWAYS_M
  const before = Math.abs(dy) < SIDEWAYS_M
  switch (relation) {
    case 'left':
      return dy < -OBJECT_SPACING_M * 0.8 && beside
    case 'right':
      return dy > OBJECT_SPACING_M * 0.8 && beside
    case 'front':
      return dx > OBJECT_SPACING_M * 0.8 && before
    case 'behind':
      return dx < -OBJECT_SPACING_M * 0.8 && before
    default:
      return true
  }
}

function isTwinOf(
  place: Place,
  target: Place | undefined,
  landmark: { x: number; y: number },
  relation: Relation,
): boolean {
  if (target === undefined) return false
  const farther = planarDistance(place, landmark) - planarDistance(target, landmark)
  if (relation === 'nearest') return farther > DISTANCE_MARGIN_M
  if (relation === 'farthest') return farther < -DISTANCE_MARGIN_M
  return stands(place, landmark, OPPOSITE[relation])
}

/** Only for tests: whether a task's target really stands where its words say. */
export function relationHolds({ objects, fixtures, goals, taskId }: TaskDefinition): boolean {
  const [{ object, landmark }] = goals
  if (landmark === undefined) return false
  const place = landmark.kind === 'object' ? objects[landmark.index] : fixtures[landmark.index]
  const { colour, shape } = objects[object]
  const twin = objects.find((other, i) => i !== object && other.colour === colour && other.shape === shape)
  const relation = relationOf(taskId)
  return (
    stands(objects[object], place, relation) && twin !== undefined && isTwinOf(twin, objects[object], place, relation)
  )
}
