import { createRandom, deriveSeed, type Random, randomInteger } from '../../core/random.ts'
import type { ColourName } from '../shapes.ts'
import type { Goal, Instruction, Mention, Referent, Role, Scene, Wording } from '../tasks.ts'

/** Ways to say a task. `{target}`, `{destination}` and `{landmark}` stand for names, `{target2}` for the second goal's. */
export interface Phrasings {
  /** The first one is the plain one. */
  trained: readonly string[]
  heldOut: readonly string[]
}

const FIXTURE_PHRASINGS: Record<'tray' | 'plate' | 'pad', Phrasings> = {
  tray: {
    trained: ['put {target} in {destination}', 'place {target} in {destination}', 'move {target} into {destination}'],
    heldOut: ['put {target} into {destination}'],
  },
  plate: {
    trained: ['put {target} on {destination}', 'place {target} on {destination}', 'move {target} onto {destination}'],
    heldOut: ['put {target} onto {destination}'],
  },
  pad: {
    trained: ['put {target} on {destination}', 'place {target} on {destination}', 'move {target} onto {destination}'],
    heldOut: ['put {target} onto {destination}'],
  },
}

const STACK_PHRASINGS: Phrasings = {
  trained: ['stack {target} on {destination}', 'place {target} on {destination}', 'stack {target} onto {destination}'],
  heldOut: ['move {target} onto {destination}'],
}

const PUSH_PHRASINGS: Phrasings = {
  trained: ['push {target} onto {destination}', 'slide {target} onto {destination}', 'push {target} to {destination}'],
  heldOut: ['slide {target} to {destination}'],
}

/** How one goal is said. */
export function goalPhrasings(scene: Pick<Scene, 'fixtures'>, { destination, manner }: Goal): Phrasings {
  if (manner === 'push') return PUSH_PHRASINGS
  if (destination.kind === 'object') return STACK_PHRASINGS
  return FIXTURE_PHRASINGS[scene.fixtures[destination.index].kind]
}

/** Chooses a phrasing by wording and seed and fills in the names. The plain wording draws nothing. */
export function say(
  scene: Scene,
  goals: readonly Goal[],
  { trained, heldOut }: Phrasings,
  wording: Wording,
): Instruction {
  const choices = { plain: trained.slice(0, 1), trained, 'held-out': heldOut, mixed: [...trained, ...heldOut] }[wording]
  const random: Random = createRandom(deriveSeed(scene.seed, 'wording'))
  const template = choices.length === 1 ? choices[0] : choices[randomInteger(random, choices.length)]
  return { ...fillIn(template, scene, goals), heldOut: heldOut.includes(template) }
}

/** Replaces the names in a template and notes where they stand. */
function fillIn(template: string, scene: Scene, goals: readonly Goal[]): Omit<Instruction, 'heldOut'> {
  const words: string[] = []
  const mentions: Mention[] = []
  for (const part of template.split(' ')) {
    const match = /^\{(target|destination|landmark)(2?)\}$/.exec(part)
    if (!match) {
      words.push(part)
      continue
    }
    const [goal, role] = [match[2] ? 1 : 0, match[1] as Role]
    const { colour, noun } = nameOf(scene, referentOf(goals[goal], role))
    words.push('the')
    if (colour !== undefined) words.push(colour)
    const nounWord = words.push(noun) - 1
    mentions.push({ goal, role, ...(colour !== undefined && { colourWord: nounWord - 1 }), nounWord })
  }
  return { instruction: words.join(' '), mentions }
}

function referentOf(goal: Goal, role: Role): Referent {
  if (role === 'target') return { kind: 'object', index: goal.object }
  const referent = role === 'destination' ? goal.destination : goal.landmark
  if (referent === undefined) throw new Error('A phrasing names a landmark that the goal does not have.')
  return referent
}

function nameOf({ objects, fixtures }: Scene, { kind, index }: Referent): { colour?: ColourName; noun: string } {
  if (kind === 'object') return { colour: objects[index].colour, noun: objects[index].shape }
  const { colour, kind: noun } = fixtures[index]
  return { ...(colour !== undefined && { colour }), noun }
}
