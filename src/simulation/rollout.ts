import type { Action, Observation, RgbImage, ViewId } from '../core/schema/observation.ts'
import type { SimulationEnvironment } from './environment.ts'
import { activeGoalIndex } from './predicates.ts'
import {
  advanceProgress,
  classifyFailure,
  type EpisodeProgress,
  type FailureReason,
  restartGoals,
  startProgress,
} from './progress.ts'
import { relevanceMask } from './relevance.ts'
import { createTask, type Goal, horizonOf, type SuiteId, type TaskDefinition, type Wording } from './tasks.ts'

/** Answer to one step. */
export interface StepResult {
  /** All goals met. */
  success: boolean
  /** Success, or nothing more can come: the horizon is reached, or goals were met in the wrong order. */
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

  /** Resets the environment to the task. @param horizonSteps the suite's by default */
  constructor(environment: SimulationEnvironment, task: TaskDefinition, horizonSteps: number = horizonOf(task.suite)) {
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
    this.progressNow = restartGoals(this.progressNow)
  }

  /** What has happened so far. */
  get progress(): EpisodeProgress {
    return this.progressNow
  }

  /** The goal that the present state calls for: the first unmet one, the last when all are met. */
  get activeGoal(): Goal {
    const { goals } = this.task
    return goals.length === 1 ? goals[0] : goals[activeGoalIndex(this.environment.world(), this.task)]
  }

  /** What the policy sees now, with the relevance masks of the active goal, which it does not see. */
  observe(): Observation {
    return this.observeWithRelevance().observation
  }

  /** The cameras' images of this moment, drawn when they are first asked for: before the environment begins another task. */
  glimpse(): () => Record<ViewId, RgbImage> {
    const state = this.environment.getState()
    let images: Record<ViewId, RgbImage> | undefined
    return () => (images ??= this.environment.imagesOf(state))
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
    const world = this.environment.world()
    const speedOf = (object: number) => this.environment.objectSpeed(object)
    this.progressNow = advanceProgress(this.progressNow, world, this.task, speedOf)
    const { goalIndex, wrongOrder, stepCount } = this.progressNow
    const success = goalIndex === this.task.goals.length && !wrongOrder
    const done = success || wrongOrder || stepCount >= this.horizonSteps
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
export function startEpisode(
  environment: SimulationEnvironment,
  suite: SuiteId,
  seed: number,
  wording: Wording = 'plain',
): Episode {
  return new Episode(environment, createTask(suite, seed, wording))
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
