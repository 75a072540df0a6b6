import type { ToolPose, Vector3 } from './geometry.ts'
import type { FixtureKind } from './fixtures.ts'
import type { ColourName, ShapeName } from './shapes.ts'
import { createObjectTask } from './suites/object.ts'

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
}

/** One thing to achieve: the object rests on or in the fixture, let go. Indices point into the task's lists. */
export interface Goal {
  object: number
  fixture: number
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

/** Everything that defines an episode before its first step. */
export interface TaskDefinition {
  suite: SuiteId
  seed: number
  instruction: string
  /** Sorted by shape, so that few distinct models need compiling. */
  objects: readonly ObjectSpec[]
  fixtures: readonly FixtureSpec[]
  /** To be met in this order; the first unmet one is the active goal. */
  goals: readonly Goal[]
  /** Commanded tool pose at the start; the gripper is open. */
  start: ToolPose
  appearance: Appearance
}

/** Makes the task of a seed; the same seed gives the same task. */
export type TaskFactory = (seed: number) => TaskDefinition

/** The suites. A new one is a factory in `suites/` and a line here. */
export const SUITES = {
  object: createObjectTask,
} as const satisfies Record<string, TaskFactory>

export type SuiteId = keyof typeof SUITES

/** The task of a suite and seed; deterministic. */
export function createTask(suite: SuiteId, seed: number): TaskDefinition {
  return SUITES[suite](seed)
}

/** The same scene with another goal, as when a person changes their mind mid-episode. */
export function withTarget(task: TaskDefinition, object: number): TaskDefinition {
  const { colour, shape } = task.objects[object]
  const goals = [{ object, fixture: task.goals[0].fixture }]
  return { ...task, goals, instruction: `put the ${colour} ${shape} in the tray` }
}
