import { createRandom, deriveSeed, type Random, randomInteger, shuffled } from '../../core/random.ts'
import { HORIZON_STEPS } from '../constants.ts'
import { COLOUR_NAMES, type ColourName, SHAPE_NAMES, type ShapeName } from '../shapes.ts'
import type { Goal, Scene, Suite, TaskDefinition, Wording } from '../tasks.ts'
import { placeObjects, randomAppearance, randomStart, randomTray } from './layout.ts'
import { goalPhrasings, say } from './wording.ts'

const OBJECT_COUNT = 4

interface Look {
  colour: ColourName
  shape: ShapeName
}

/** The tasks of suite "object" are its targets, in groups of looks that are told apart with like effort. */
const TARGETS: readonly (readonly [shape: ShapeName, colours: readonly ColourName[]])[] = [
  ['cube', ['red']],
  ['cube', ['orange']],
  ['cube', ['yellow', 'green']],
  ['cube', ['blue', 'purple']],
  ['cylinder', ['red', 'orange']],
  ['cylinder', ['yellow', 'green']],
  ['cylinder', ['blue', 'purple']],
  ['brick', ['red', 'orange']],
  ['brick', ['yellow', 'green']],
  ['brick', ['blue', 'purple']],
]

const TASKS = TARGETS.map(([shape, colours]) => `${colours.join('-or-')}-${shape}`)

/**
 * Suite "object": "put the {colour} {shape} in the tray". Four objects with distinct looks; the first distractor
 * shares the target's colour, the second its shape, the third is free, so that both words are needed.
 */
export const OBJECT_SUITE: Suite = {
  tasks: TASKS,
  horizonSteps: HORIZON_STEPS,
  create: createObjectTask,
  alternatives: (task) => {
    const { object } = task.goals[0]
    const others = task.objects.map((_, i) => (object + 1 + i) % task.objects.length).slice(0, -1)
    return others.map((other) => taskFor(task, other, task.wording))
  },
}

function createObjectTask(seed: number, wording: Wording): TaskDefinition {
  const looksRandom = createRandom(deriveSeed(seed, 'object/looks'))
  const layoutRandom = createRandom(deriveSeed(seed, 'object/layout'))
  const appearanceRandom = createRandom(deriveSeed(seed, 'object/appearance'))
  const looks = chooseLooks(looksRandom)
  const target = looks[0]
  // Sorted by shape: the compiled model depends on the list of shapes alone.
  const sorted = shuffled(looksRandom, looks).sort(
    (a, b) => SHAPE_NAMES.indexOf(a.shape) - SHAPE_NAMES.indexOf(b.shape),
  )
  const fixtures = [randomTray(layoutRandom)]
  const places = placeObjects(
    layoutRandom,
    sorted.map((look) => look.shape),
    fixtures,
  )
  const scene = {
    seed,
    objects: sorted.map((look, index) => ({ ...look, ...places[index] })),
    fixtures,
    start: randomStart(layoutRandom),
    appearance: randomAppearance(appearanceRandom, OBJECT_COUNT),
  }
  return taskFor(scene, sorted.indexOf(target), wording)
}

/** The task of moving one of a scene's objects. */
function taskFor(scene: Scene, object: number, wording: Wording): TaskDefinition {
  const { colour, shape } = scene.objects[object]
  const goal: Goal = { object, destination: { kind: 'fixture', index: 0 }, manner: 'place' }
  const index = TARGETS.findIndex(([name, colours]) => name === shape && colours.includes(colour))
  return {
    ...scene,
    ...say(scene, [goal], goalPhrasings(scene, goal), wording),
    suite: 'object',
    taskId: TASKS[index],
    wording,
    goals: [goal],
  }
}

function chooseLooks(random: Random): Look[] {
  const colours = shuffled(random, COLOUR_NAMES)
  const shapes = shuffled(random, SHAPE_NAMES)
  const looks: Look[] = [
    { colour: colours[0], shape: shapes[0] },
    { colour: colours[0], shape: shapes[1] },
    { colour: colours[1], shape: shapes[0] },
  ]
  while (looks.length < OBJECT_COUNT) {
    const look = { colour: colours[randomInteger(random, colours.length)], shape: shapes[randomInteger(random, 3)] }
    if (!looks.some((other) => other.colour === look.colour && other.shape === look.shape)) looks.push(look)
  }
  return looks
}
