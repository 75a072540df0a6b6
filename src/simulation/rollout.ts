import type { Action, Observation, ViewId } from '../core/schema/observation.ts'
import { HORIZON_STEPS } from './constants.ts'
import type { SimulationEnvironment } from './environment.ts'
import { isGoalMet, isHolding, isLifted } from './predicates.ts'
import { relevanceMask } from './relevance.ts'
import { createTask, type Goal, type SuiteId, type TaskDefinition } from './tasks.ts'

/** Control steps for which a goal must hold, at rest, to count. */
const SETTLED_STEPS = 4

/** Speed below which an object rests, m/s. */
const REST_SPEED = 0.05

/** Why an episode ended without success. */
export type FailureReason = 'wrong-object' | 'never-grasped' | 'dropped' | 'not-placed' | 'unfinished-goals'

/** What has happened so far in an episode. */
export interface EpisodeProgress {
  stepCount: number
  /** Index of the active goal; equals the number of goals once all are met. */
  goalIndex: number
  /** Steps for which the active goal has held. */
  settledSteps: number
  /** By object: whether it was ever lifted. */
  lifted: readonly boolean[]
  /** By object: whether the fingers hold it now. */
  held: readonly boolean[]
}

/** Answer to one step. */
export interface StepResult {
  /** All goals met. */
  success: boolean
  /** Success, or the horizon is reached. */
  done: boolean
  info: EpisodeProgress & {
    /** Set when the episode ended without success. */
    failure?: FailureReason
  }
}

/** Where an episode is restored from. */
export interface EpisodeSnapshot {
  state: Float64Array
  progress: EpisodeProgress
}

/** One episode: physics, success predicate and relevance masks. The environment may be reused for the next one. */
export class Episode {
  readonly horizonSteps: number
  private readonly environment: SimulationEnvironment
  private currentTask: TaskDefinition
  private progressNow: EpisodeProgress

  /** Resets the environment to the task. */
  constructor(environment: SimulationEnvironment, task: TaskDefinition, horizonSteps: number = HORIZON_STEPS) {
    this.environment = environment
    this.currentTask = task
    this.horizonSteps = horizonSteps
    this.progressNow = startProgress(task)
    environment.reset(task)
  }

  /** The task now pursued. */
  get task(): TaskDefinition {
    return this.currentTask
  }

  /** Changes instruction and goals in mid-episode; the scene must be the same. */
  switchTask(task: TaskDefinition): void {
    this.currentTask = task
    this.environment.task = task
    this.progressNow = { ...this.progressNow, goalIndex: 0, settledSteps: 0 }
  }

  /** What has happened so far. */
  get progress(): EpisodeProgress {
    return this.progressNow
  }

  /** The first goal that is not met; the last one when all are. */
  get activeGoal(): Goal {
    const { goals } = this.task
    return goals[Math.min(this.progressNow.goalIndex, goals.length - 1)]
  }

  /** What the policy sees now, with the relevance masks of the active goal, which it does not see. */
  observe(): Observation {
    return this.observeWithRelevance().observation
  }

  /** Relevance bits per patch and view for the active goal, from the simulator's own knowledge. */
  relevance(): Record<ViewId, Uint8Array> {
    const { geomOwners } = this.environment.compiled()
    const mask = (view: ViewId) => relevanceMask(this.environment.render(view).geomIds, geomOwners, this.activeGoal)
    return { front: mask('front'), wrist: mask('wrist') }
  }

  /** {@link observe} and {@link relevance} from the same two renders: half the cost of calling both. */
  observeWithRelevance(): { observation: Observation; relevance: Record<ViewId, Uint8Array> } {
    return observeWithRelevance(this.environment, this.activeGoal)
  }

  /**
   * Applies one action.
   * @throws RangeError when the action is malformed.
   */
  step(action: Action): StepResult {
    this.environment.step(action)
    this.progressNow = advanceProgress(this.progressNow, this.environment, this.task)
    const success = this.progressNow.goalIndex === this.task.goals.length
    const done = success || this.progressNow.stepCount >= this.horizonSteps
    const failure = done && !success ? classifyFailure(this.task, this.progressNow) : undefined
    return { success, done, info: { ...this.progressNow, ...(failure && { failure }) } }
  }

  /** Everything needed to come back to this moment. */
  snapshot(): EpisodeSnapshot {
    return { state: this.environment.getState(), progress: this.progressNow }
  }

  /** Comes back to a moment of the same task. */
  restore({ state, progress }: EpisodeSnapshot): void {
    this.environment.setState(state)
    this.progressNow = progress
  }
}

/** Starts the episode of a suite and seed. */
export function startEpisode(environment: SimulationEnvironment, suite: SuiteId, seed: number): Episode {
  return new Episode(environment, createTask(suite, seed))
}

/** Observation and relevance masks of an environment, from the same renders. */
export function observeWithRelevance(
  environment: SimulationEnvironment,
  goal: Goal,
): { observation: Observation; relevance: Record<ViewId, Uint8Array> } {
  const front = environment.render('front')
  const wrist = environment.render('wrist')
  const { geomOwners } = environment.compiled()
  const relevance = {
    front: relevanceMask(front.geomIds, geomOwners, goal),
    wrist: relevanceMask(wrist.geomIds, geomOwners, goal),
  }
  return {
    observation: {
      images: { front: front.image, wrist: wrist.image },
      proprio: environment.proprio(),
      instruction: environment.task.instruction,
      relevance,
    },
    relevance,
  }
}

/** Why an episode failed, from what happened in it. */
export function classifyFailure(task: TaskDefinition, progress: EpisodeProgress): FailureReason {
  const { object } = task.goals[Math.min(progress.goalIndex, task.goals.length - 1)]
  if (progress.goalIndex > 0) return 'unfinished-goals'
  if (!progress.lifted[object]) return progress.lifted.some(Boolean) ? 'wrong-object' : 'never-grasped'
  return progress.held[object] ? 'not-placed' : 'dropped'
}

function startProgress(task: TaskDefinition): EpisodeProgress {
  const none = task.objects.map(() => false)
  return { stepCount: 0, goalIndex: 0, settledSteps: 0, lifted: none, held: none }
}

function advanceProgress(
  progress: EpisodeProgress,
  environment: SimulationEnvironment,
  task: TaskDefinition,
): EpisodeProgress {
  const world = environment.world()
  const goal = task.goals[progress.goalIndex]
  const settled =
    goal !== undefined && isGoalMet(world, task, goal) && environment.objectSpeed(goal.object) < REST_SPEED
  const settledSteps = settled ? progress.settledSteps + 1 : 0
  const met = settledSteps >= SETTLED_STEPS
  return {
    stepCount: progress.stepCount + 1,
    goalIndex: met ? progress.goalIndex + 1 : progress.goalIndex,
    settledSteps: met ? 0 : settledSteps,
    lifted: progress.lifted.map((before, index) => before || isLifted(world, task, index)),
    held: task.objects.map((_, index) => isHolding(world, task, index)),
  }
}
