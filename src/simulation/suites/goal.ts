import { HORIZON_STEPS } from '../constants.ts'
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
import { goalPhrasings, say } from './wording.ts'

/** The goals by task; undefined where the scene does not allow one. */
const GOALS: Record<string, (scene: Scene) => Goal | undefined> = {
  'cube-in-tray': () => toFixture(CUBE, TRAY),
  'cylinder-in-tray': () => toFixture(CYLINDER, TRAY),
  'cube-on-plate': () => toFixture(CUBE, PLATE),
  'brick-on-plate': () => toFixture(BRICK, PLATE),
  'cylinder-on-pad': ({ seed }) => toFixture(CYLINDER, padOf(seed)),
  'brick-on-pad': ({ seed }) => toFixture(BRICK, padOf(seed)),
  'cube-on-brick': () => ontoObject(CUBE, BRICK),
  'cylinder-on-cube': () => ontoObject(CYLINDER, CUBE),
  'push-cube-onto-pad': (scene) => pushGoal(scene, CUBE),
  'push-cylinder-onto-pad': (scene) => pushGoal(scene, CYLINDER),
}

const TASKS = Object.keys(GOALS)

/** Suite "goal": the same scene, ten different things to do in it. */
export const GOAL_SUITE: Suite = {
  tasks: TASKS,
  horizonSteps: HORIZON_STEPS,
  create: (seed, wording) => taskFor(tabletopScene(seed, 'goal'), TASKS[seed % TASKS.length], wording),
  alternatives: (task) => TASKS.filter((id) => id !== task.taskId).map((id) => taskFor(task, id, task.wording)),
}

function taskFor(scene: Scene, taskId: string, wording: Wording): TaskDefinition {
  const goal = GOALS[taskId](scene)
  if (goal === undefined) throw new Error(`Seed ${scene.seed} has no layout for "${taskId}".`)
  const goals = [goal]
  return { ...scene, ...say(scene, goals, goalPhrasings(scene, goal), wording), suite: 'goal', taskId, wording, goals }
}

function pushGoal(scene: Scene, object: number): Goal | undefined {
  const pad = pushablePad(scene, object)
  return pad === undefined ? undefined : toFixture(object, pad, 'push')
}

/** Either pad, without favouring one: tasks repeat every ten seeds, pads every other ten. */
function padOf(seed: number): number {
  return Math.floor(seed / TASKS.length) % 2 === 0 ? FIRST_PAD : SECOND_PAD
}
