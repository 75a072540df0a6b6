import type { ToolPose, Vector3 } from './geometry.ts'
import type { FixtureKind } from './fixtures.ts'
import type { ColourName, ShapeName } from './shapes.ts'
import { GOAL_SUITE } from './suites/goal.ts'
import { LONG_SUITE } from './suites/long.ts'
import { OBJECT_SUITE } from './suites/object.ts'
import { SPATIAL_SUITE } from './suites/spatial.ts'

/** A movable object at the start of an episode; it stands on the table. */
export interface ObjectSpec {
  colour: ColourName
  shape: ShapeName
  /** Centre on the table, m. */
  x: number
  y: number
  /** Rotation about the vertical, rad. */
  yaw: number
}

/** A fixture and where it stands, m. */
export interface FixtureSpec {
  kind: FixtureKind
  x: number
  y: number
  /** The colour by which an instruction names it, for fixtures that come in several. */
  colour?: ColourName
}

/** Something that an instruction speaks of. The index points into the task's list. */
export interface Referent {
  kind: 'object' | 'fixture'
  index: number
}

/** One thing to achieve: the object rests in, on or upon the destination, let go. */
export interface Goal {
  /** The object to move. */
  object: number
  /** A fixture, or an object to stack on. */
  destination: Referent
  /** Carried there in the fingers, or pushed along the table with closed fingers. */
  manner: 'place' | 'push'
  /** What the words find the object by, as in "the cube left of the landmark". */
  landmark?: Referent
}

/** What a referent does in a goal. */
export type Role = 'target' | 'destination' | 'landmark'

/** Where in the instruction a referent is named; indices of words. */
export interface Mention {
  /** Index of the goal. */
  goal: number
  role: Role
  /** Missing where no colour is said. */
  colourWord?: number
  nounWord: number
}

/** Which of a task's phrasings are used; `trained` and `held-out` ones never meet, and `plain` is one of the trained. */
export const WORDINGS = ['plain', 'trained', 'held-out', 'mixed'] as const
export type Wording = (typeof WORDINGS)[number]

/** Words in which a task is given. */
export interface Instruction {
  instruction: string
  mentions: readonly Mention[]
  /** Whether the phrasing is kept from training. */
  heldOut: boolean
}

/** Mild variation of looks, so that a policy does not hang on one exact shade or camera pose. */
export interface Appearance {
  /** Towards the light, unit length. */
  lightDirection: Vector3
  /** Share of light that reaches faces turned away. */
  ambient: number
  tableRgb: Vector3
  /** Factor per object and channel on its colour. */
  objectGain: readonly Vector3[]
  /** Displacement of the front camera and of the point it looks at, m. */
  frontCameraOffset: Vector3
  frontLookAtOffset: Vector3
}

/** What is there, whatever is to be done with it. */
export interface Scene {
  seed: number
  /** Sorted by shape, so that few distinct models need compiling. */
  objects: readonly ObjectSpec[]
  fixtures: readonly FixtureSpec[]
  /** Commanded tool pose at the start; the gripper is open. */
  start: ToolPose
  appearance: Appearance
}

/** Everything that defines an episode before its first step. */
export interface TaskDefinition extends Scene, Instruction {
  suite: SuiteId
  /** One of the suite's ten tasks, by its name in {@link Suite.tasks}. */
  taskId: string
  wording: Wording
  /** To be met in this order; the first unmet one is the active goal. */
  goals: readonly Goal[]
}

/** A suite of ten tasks. */
export interface Suite {
  /** Names of the tasks; a task's number in data files is its index here. */
  tasks: readonly string[]
  /** Control steps after which an unsolved episode counts as failed. */
  horizonSteps: number
  /** Makes the task of a seed; the same seed gives the same task. */
  create(seed: number, wording: Wording): TaskDefinition
  /** Other tasks in the same scene, as when a person changes their mind mid-episode. */
  alternatives(task: TaskDefinition): TaskDefinition[]
}

/** The suites. A new one is a file in `suites/` and a line here. */
export const SUITES = {
  object: OBJECT_SUITE,
  spatial: SPATIAL_SUITE,
  goal: GOAL_SUITE,
  long: LONG_SUITE,
} as const satisfies Record<string, Suite>

export type SuiteId = keyof typeof SUITES

/** Names of all suites. */
export const SUITE_IDS = Object.keys(SUITES) as SuiteId[]

/** The task of a suite and seed; deterministic. The wording changes the words alone. */
export function createTask(suite: SuiteId, seed: number, wording: Wording = 'plain'): TaskDefinition {
  return SUITES[suite].create(seed, wording)
}

/** Other tasks in the same scene. */
export function alternativeTasks(task: TaskDefinition): TaskDefinition[] {
  return SUITES[task.suite].alternatives(task)
}

/** Control steps after which an unsolved episode of a suite counts as failed. */
export function horizonOf(suite: SuiteId): number {
  return SUITES[suite].horizonSteps
}

/** `suite/task` of every task of every suite; a task's number in data files is its index here. */
export const TASK_NAMES: readonly string[] = SUITE_IDS.flatMap((suite) =>
  SUITES[suite].tasks.map((task) => `${suite}/${task}`),
)

/** A task's index in {@link TASK_NAMES}. */
export function taskNumber({ suite, taskId }: TaskDefinition): number {
  return TASK_NAMES.indexOf(`${suite}/${taskId}`)
}
