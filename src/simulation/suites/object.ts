import { createRandom, deriveSeed, type Random, randomInteger, shuffled } from '../../core/random.ts'
import { COLOUR_NAMES, type ColourName, SHAPE_NAMES, type ShapeName } from '../shapes.ts'
import type { TaskDefinition } from '../tasks.ts'
import { placeObjects, randomAppearance, randomStart, randomTray } from './layout.ts'

const OBJECT_COUNT = 4

interface Look {
  colour: ColourName
  shape: ShapeName
}

/**
 * Suite "object": "put the {colour} {shape} in the tray". Four objects with distinct looks; the first distractor
 * shares the target's colour, the second its shape, the third is free, so that both words are needed.
 */
export function createObjectTask(seed: number): TaskDefinition {
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
  return {
    suite: 'object',
    seed,
    instruction: `put the ${target.colour} ${target.shape} in the tray`,
    objects: sorted.map((look, index) => ({ ...look, ...places[index] })),
    fixtures,
    goals: [{ object: sorted.indexOf(target), fixture: 0 }],
    start: randomStart(layoutRandom),
    appearance: randomAppearance(appearanceRandom, OBJECT_COUNT),
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
