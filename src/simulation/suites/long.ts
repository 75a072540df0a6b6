import type { Goal, Scene, Suite, TaskDefinition, Wording } from '../tasks.ts'
import {
  BRICK,
  CUBE,
  CYLINDER,
  FIRST_PAD,
  ontoObject,
  PLATE,
  pushablePad,
  SECOND_PAD,
  tabletopScene,
  toFixture,
  TRAY,
} from './tabletop.ts'
import { goalPhrasings, type Phrasings, say } from './wording.ts'

/** Twice the time of a single goal. */
const LONG_HORIZON_STEPS = 300

/** The goals by task, in their order. */
const GOALS: Record<string, (scene: Scene) => readonly [Goal, Goal]> = {
  'cube-in-tray-then-cylinder-on-plate': () => [toFixture(CUBE, TRAY), toFixture(CYLINDER, PLATE)],
  'cylinder-in-tray-then-cube-on-plate': () => [toFixture(CYLINDER, TRAY), toFixture(CUBE, PLATE)],
  'cylinder-on-plate-then-cube-in-tray': () => [toFixture(CYLINDER, PLATE), toFixture(CUBE, TRAY)],
  'brick-on-plate-then-cube-on-pad': ({ seed }) => [toFixture(BRICK, PLATE), toFixture(CUBE, padOf(seed))],
  'cylinder-on-pad-then-brick-in-tray': ({ seed }) => [toFixture(CYLINDER, padOf(seed)), toFixture(BRICK, TRAY)],
  'cube-on-pad-then-cylinder-on-other-pad': ({ seed }) => [
    toFixture(CUBE, padOf(seed)),
    toFixture(CYLINDER, otherPad(padOf(seed))),
  ],
  'cube-on-plate-then-cylinder-on-cube': () => [toFixture(CUBE, PLATE), ontoObject(CYLINDER, CUBE)],
  'brick-on-pad-then-cube-on-brick': ({ seed }) => [toFixture(BRICK, padOf(seed)), ontoObject(CUBE, BRICK)],
  'push-cube-onto-pad-then-cylinder-on-plate': (scene) => [pushGoal(scene, CUBE), toFixture(CYLINDER, PLATE)],
  'brick-in-tray-then-push-cube-onto-pad': (scene) => [toFixture(BRICK, TRAY), pushGoal(scene, CUBE)],
}

const TASKS = Object.keys(GOALS)

/** Suite "long": two goals in order, both in one instruction. What is done already shows in the images alone. */
export const LONG_SUITE: Suite = {
  tasks: TASKS,
  horizonSteps: LONG_HORIZON_STEPS,
  create: (seed, wording) => taskFor(tabletopScene(seed, 'long'), TASKS[seed % TASKS.length], wording),
  alternatives: (task) => TASKS.filter((id) => id !== task.taskId).map((id) => taskFor(task, id, task.wording)),
}

function taskFor(scene: Scene, taskId: string, wording: Wording): TaskDefinition {
  const goals = GOALS[taskId](scene)
  return { ...scene, ...say(scene, goals, phrasings(scene, goals), wording), suite: 'long', taskId, wording, goals }
}

function phrasings(scene: Scene, [first, second]: readonly [Goal, Goal]): Phrasings {
  const one = goalPhrasings(scene, first).trained[0]
  const two = goalPhrasings(scene, second)
    .trained[0].replace('{target}', '{target2}')
    .replace('{destination}', '{destination2}')
  return {
    trained: [`${one} then ${two}`, `${one} and then ${two}`, `first ${one} then ${two}`],
    heldOut: [`first ${one} and then ${two}`],
  }
}

function pushGoal(scene: Scene, object: number): Goal {
  const pad = pushablePad(scene, object)
  if (pad === undefined) throw new Error(`Seed ${scene.seed} has no way to push its object.`)
  return toFixture(object, pad, 'push')
}

function padOf(seed: number): number {
  return Math.floor(seed / TASKS.length) % 2 === 0 ? FIRST_PAD : SECOND_PAD
}

function otherPad(pad: number): number {
  return pad === FIRST_PAD ? SECOND_PAD : FIRST_PAD
}
