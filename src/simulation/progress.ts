import { planarDistance, type Vector3 } from './geometry.ts'
import { isGoalMet, isHolding, isInside, isLifted } from './predicates.ts'
import type { TaskDefinition } from './tasks.ts'
import type { WorldState } from './world.ts'

/** Control steps for which a goal must hold, at rest, to count. */
const SETTLED_STEPS = 4

/** Speed below which an object rests, m/s. */
const REST_SPEED = 0.05

/** An object this far from where it stood has been moved, m. */
const MOVED_M = 0.02

/** Fingers closed on nothing this near to the target have missed it, m. */
const MISSED_WITHIN_M = 0.06
const CLOSED_OPENING_M = 0.006

/** An arm that stays within this distance for this many steps stalls. */
const STALL_RADIUS_M = 0.01
const STALL_STEPS = 40

/** Why an episode ended without success. */
export const FAILURE_REASONS = [
  'wrong-object',
  'never-grasped',
  'missed-grasp',
  'dropped',
  'wrong-place',
  'wrong-order',
  'stalled',
  'timed-out',
] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

/** What has happened so far in an episode; plain data. */
export interface EpisodeProgress {
  stepCount: number
  /** Goals met so far, in order; all of them once the episode is solved. */
  goalIndex: number
  /** The largest value of `goalIndex` so far: a goal that was met can be undone. */
  goalsReached: number
  /** Steps for which the first unmet goal has held. */
  settledSteps: number
  /** By object: whether it was ever lifted. */
  lifted: readonly boolean[]
  /** By object: whether the fingers hold it now. */
  held: readonly boolean[]
  /** By object: whether it was ever moved from where it stood. */
  moved: readonly boolean[]
  /** Whether the fingers have closed on nothing beside the present target. */
  missed: boolean
  /** How the present target left the fingers last: slipped out, or let go. */
  lost: 'slipped' | 'let-go' | undefined
  /** Whether the present target rests in a fixture that is not its destination. */
  misplaced: boolean
  /** Whether a later goal was met before an earlier one. */
  wrongOrder: boolean
  /** Where the tool has been for `stillSteps` steps, within a centimetre. */
  anchor: Vector3 | undefined
  stillSteps: number
}

/** Nothing has happened yet. */
export function startProgress(task: TaskDefinition): EpisodeProgress {
  const none = task.objects.map(() => false)
  return {
    stepCount: 0,
    goalIndex: 0,
    goalsReached: 0,
    settledSteps: 0,
    lifted: none,
    held: none,
    moved: none,
    ...NEW_TARGET,
    wrongOrder: false,
    anchor: undefined,
    stillSteps: 0,
  }
}

const NEW_TARGET = { missed: false, lost: undefined, misplaced: false } as const

/** The progress when instruction and goals have changed: what was done for the old ones no longer counts. */
export function restartGoals(progress: EpisodeProgress): EpisodeProgress {
  return { ...progress, goalIndex: 0, goalsReached: 0, settledSteps: 0, ...NEW_TARGET, wrongOrder: false }
}

/** The progress after one more step. @param speedOf speed of an object's centre, m/s */
export function advanceProgress(
  progress: EpisodeProgress,
  world: WorldState,
  task: TaskDefinition,
  speedOf: (object: number) => number,
): EpisodeProgress {
  const goalsNow = advanceGoals(progress, world, task, speedOf)
  const held = task.objects.map((_, index) => isHolding(world, task, index))
  return {
    ...goalsNow,
    ...watchTarget(goalsNow, progress, held, world, task),
    ...watchArm(progress, world),
    stepCount: progress.stepCount + 1,
    lifted: progress.lifted.map((before, index) => before || isLifted(world, task, index)),
    moved: progress.moved.map((before, i) => before || planarDistance(world.objects[i], task.objects[i]) > MOVED_M),
    held,
  }
}

function advanceGoals(
  progress: EpisodeProgress,
  world: WorldState,
  task: TaskDefinition,
  speedOf: (object: number) => number,
): EpisodeProgress {
  const { goals } = task
  const undone = goals.slice(0, progress.goalIndex).findIndex((goal) => !isInside(world, task, goal))
  const goalIndex = undone < 0 ? progress.goalIndex : undone
  const goal = goals.at(goalIndex)
  const settled = goal !== undefined && isGoalMet(world, task, goal) && speedOf(goal.object) < REST_SPEED
  const settledSteps = settled ? progress.settledSteps + 1 : 0
  const met = settledSteps >= SETTLED_STEPS
  const next = met ? goalIndex + 1 : goalIndex
  const early = goals.some((later, i) => i > progress.goalsReached && isGoalMet(world, task, later))
  return {
    ...progress,
    goalIndex: next,
    goalsReached: Math.max(progress.goalsReached, next),
    settledSteps: met ? 0 : settledSteps,
    wrongOrder: progress.wrongOrder || (early && !settled),
  }
}

function watchTarget(
  now: EpisodeProgress,
  before: EpisodeProgress,
  held: readonly boolean[],
  world: WorldState,
  task: TaskDefinition,
): Pick<EpisodeProgress, 'missed' | 'lost' | 'misplaced'> {
  const goal = task.goals.at(now.goalIndex)
  if (goal === undefined || now.goalIndex !== before.goalIndex) return NEW_TARGET
  const { object } = goal
  const empty = world.gripper === 'close' && world.openingM < CLOSED_OPENING_M
  const near = planarDistance(world.tool, world.objects[object]) < MISSED_WITHIN_M && world.tool.z < 0.08
  const left = before.held[object] && !held[object]
  return {
    missed: before.missed || (goal.manner === 'place' && empty && near),
    lost: left ? (world.gripper === 'close' ? 'slipped' : 'let-go') : before.lost,
    misplaced: task.fixtures.some(
      (_, index) =>
        !(goal.destination.kind === 'fixture' && goal.destination.index === index) &&
        isInside(world, task, { ...goal, destination: { kind: 'fixture', index } }),
    ),
  }
}

function watchArm({ anchor, stillSteps }: EpisodeProgress, { tool }: WorldState) {
  const moved =
    anchor === undefined || Math.hypot(tool.x - anchor[0], tool.y - anchor[1], tool.z - anchor[2]) > STALL_RADIUS_M
  const here: Vector3 = [tool.x, tool.y, tool.z]
  return moved ? { anchor: here, stillSteps: 0 } : { anchor, stillSteps: stillSteps + 1 }
}

/** Why an episode failed, from what happened in it. */
export function classifyFailure(task: TaskDefinition, progress: EpisodeProgress): FailureReason {
  const { goals } = task
  const goalIndex = Math.min(progress.goalIndex, goals.length - 1)
  const { object, manner } = goals[goalIndex]
  const { lifted, moved, held, lost, missed, misplaced, wrongOrder, stillSteps } = progress
  if (wrongOrder) return 'wrong-order'
  const ending = stillSteps >= STALL_STEPS ? 'stalled' : 'timed-out'
  const earlier = new Set(goals.slice(0, goalIndex).map((goal) => goal.object))
  const touched = manner === 'push' ? moved : lifted
  if (!touched[object]) {
    if (touched.some((value, index) => value && index !== object && !earlier.has(index))) return 'wrong-object'
    if (missed) return 'missed-grasp'
    return ending === 'stalled' ? 'stalled' : 'never-grasped'
  }
  if (held[object]) return ending
  if (misplaced || lost === 'let-go') return 'wrong-place'
  return lost === 'slipped' ? 'dropped' : ending
}
