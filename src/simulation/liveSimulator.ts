import { ACTION_SIZE, type Action, type Observation, type RgbImage, type ViewId } from '../core/schema/observation.ts'
import type { SimulationEnvironment } from './environment.ts'
import { type EpisodeStart, instruct, instructedTask } from './instructedTask.ts'
import { objectNames, placeObject } from './handPlacement.ts'
import { Episode } from './rollout.ts'
import { geomPoses, type SceneGeometry, sceneGeometry } from './sceneGeometry.ts'
import { horizonOf, type TaskDefinition } from './tasks.ts'

/** What somebody who watches sees of one moment. */
export interface SimulatorFrame {
  /** Number of the episode since the simulator was opened. */
  episode: number
  /** Control steps executed so far. */
  step: number
  images: Record<ViewId, RgbImage>
  /** Poses of the scene's geoms, `POSE_SIZE` numbers each. */
  poses: Float32Array
  success: boolean
}

/** An episode that has begun. */
export interface BegunEpisode {
  episode: number
  instruction: string
  /** The task's own instruction. */
  taskInstruction: string
  judged: boolean
  horizonSteps: number
  /** Objects by their names, in the order by which they are moved. */
  objects: readonly string[]
  geometry: SceneGeometry
}

/** Answer to one action. */
export interface SimulatorStep {
  success: boolean
  done: boolean
  failure?: string
}

/** Answer to a moved object. */
export type MoveOutcome = { status: 'moved' } | { status: 'blocked'; reason: string }

/** All that it takes to show an episode again. */
export interface SimulatorRecording {
  suite: string
  seed: number
  instruction: string
  /** `[steps, 7]` */
  actions: Float32Array
  /** 1 where the task's predicate held after the action. */
  success: Uint8Array
  /** Simulator state before each action. Without them the actions are executed again, which gives the same states. */
  states?: { length: number; values: Float64Array; goals: Uint8Array }
}

/** The running episode as a policy's driver sees it. */
export interface SimulatorWorld {
  observe(): Promise<Observation>
  step(action: Action): Promise<SimulatorStep>
}

export interface LiveSimulatorOptions {
  onFrame(frame: SimulatorFrame): void
  /** Frames between which less time passes are not shown; the first and the last of an episode always are. */
  frameGapMs?: number
  /** Replaces the clock. */
  now?(): number
}

const DEFAULT_FRAME_GAP_MS = 30

interface RunningEpisode {
  number: number
  start: EpisodeStart
  original: TaskDefinition
  episode: Episode
  judged: boolean
  success: boolean
  actions: Action[]
  states: Float64Array[]
  goals: number[]
  successes: boolean[]
}

/**
 * A simulator that is watched and touched while a policy acts in it: it can stand still, keep real time, have its objects
 * moved and its instruction changed. One episode at a time; drivers of an earlier one are refused.
 */
export class LiveSimulator {
  readonly #environment: SimulationEnvironment
  readonly #options: LiveSimulatorOptions
  readonly #now: () => number
  #running: RunningEpisode | undefined
  #episodes = 0
  #observation: Observation | undefined
  #shownAt = Number.NEGATIVE_INFINITY
  #standing: { ends: Promise<void>; end(): void } | undefined
  #stepMs = 0
  #steppedAt = Number.NEGATIVE_INFINITY

  constructor(environment: SimulationEnvironment, options: LiveSimulatorOptions) {
    this.#environment = environment
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** Starts an episode and shows its first frame. @throws if there is no such suite */
  begin(start: EpisodeStart): BegunEpisode {
    const { task, judged } = instructedTask(start)
    const { task: original } = instructedTask({ suite: start.suite, seed: start.seed })
    const episode = new Episode(this.#environment, task, start.horizonSteps ?? horizonOf(task.suite))
    const number = ++this.#episodes
    const log = { actions: [], states: [], goals: [], successes: [] }
    this.#running = { number, start, original, episode, judged, success: false, ...log }
    this.#changed()
    this.#show('always')
    return {
      episode: number,
      instruction: task.instruction,
      taskInstruction: original.instruction,
      judged,
      horizonSteps: episode.horizonSteps,
      objects: objectNames(task),
      geometry: sceneGeometry(this.#environment),
    }
  }

  /** The world of the episode that runs now. Its calls are refused once another one has begun. */
  world(): SimulatorWorld {
    const { number } = this.#current()
    const own = (): RunningEpisode => {
      const running = this.#current()
      if (running.number !== number) throw new Error('Another episode has begun in this simulator.')
      return running
    }
    return {
      observe: async () => {
        own()
        const observation = this.#look()
        this.#show('when-due')
        return observation
      },
      step: async (action) => {
        await this.#wait()
        return this.#step(own(), action)
      },
    }
  }

  /** Time stands still: steps wait. */
  pause(): void {
    if (this.#standing) return
    let end = () => {}
    const ends = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#standing = { ends, end }
  }

  /** Time goes on. */
  resume(): void {
    this.#standing?.end()
    this.#standing = undefined
  }

  /** Least time between two control steps, ms: 50 is real time, 0 as fast as it goes. */
  setPace(stepMs: number): void {
    this.#stepMs = stepMs
  }

  /** Puts an object somewhere else on the table, also in the middle of an episode. */
  moveObject(index: number, place: { x: number; y: number }): MoveOutcome {
    const { episode } = this.#current()
    const placement = placeObject(episode.task, this.#environment.world(), index, place)
    if (placement.status === 'blocked') return placement
    this.#environment.moveObject(index, placement.pose)
    this.#changed()
    this.#show('always')
    return { status: 'moved' }
  }

  /** Where an object's centre is, m. */
  objectPlace(index: number): { x: number; y: number } {
    const { x, y } = this.#environment.world().objects[index]
    return { x, y }
  }

  /** Gives the policy other words. @returns whether success can still be judged */
  setInstruction(text: string): { instruction: string; judged: boolean } {
    const running = this.#current()
    const { task, judged } = instruct(running.original, text)
    running.episode.switchTask(task)
    running.judged = judged
    this.#changed()
    return { instruction: task.instruction, judged }
  }

  /** The episode so far. */
  recording(): SimulatorRecording {
    const { start, episode, actions, states, goals, successes } = this.#current()
    const length = states.at(0)?.length ?? 0
    return {
      suite: start.suite,
      seed: start.seed,
      instruction: episode.task.instruction,
      actions: joined(Float32Array, actions, ACTION_SIZE),
      success: Uint8Array.from(successes, Number),
      states: { length, values: joined(Float64Array, states, length), goals: Uint8Array.from(goals) },
    }
  }

  /** Frees the simulator's memory. */
  dispose(): void {
    this.resume()
    this.#running = undefined
    this.#observation = undefined
    this.#environment.dispose()
  }

  #current(): RunningEpisode {
    if (!this.#running) throw new Error('No episode has begun.')
    return this.#running
  }

  /** Waits until the next step may happen: keeps the pace, and stands still while paused. */
  async #wait(): Promise<void> {
    const early = this.#steppedAt + this.#stepMs - this.#now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    while (this.#standing) await this.#standing.ends
    this.#steppedAt = this.#now()
  }

  #step(running: RunningEpisode, action: Action): SimulatorStep {
    const { episode, judged } = running
    running.states.push(this.#environment.getState())
    running.actions.push(Float32Array.from(action))
    running.goals.push(episode.progress.goalIndex)
    const { success: met, done: over, info } = episode.step(action)
    const success = met && judged
    const done = judged ? over : episode.progress.stepCount >= episode.horizonSteps
    running.success = success
    running.successes.push(success)
    this.#changed()
    if (done) this.#show('always')
    return { success, done, ...(judged && info.failure !== undefined ? { failure: info.failure } : {}) }
  }

  #changed(): void {
    this.#observation = undefined
  }

  #look(): Observation {
    this.#observation ??= this.#current().episode.observe()
    return this.#observation
  }

  #show(when: 'always' | 'when-due'): void {
    const now = this.#now()
    if (when === 'when-due' && now - this.#shownAt < (this.#options.frameGapMs ?? DEFAULT_FRAME_GAP_MS)) return
    this.#shownAt = now
    const { number, episode, success } = this.#current()
    const { images } = this.#look()
    const poses = geomPoses(this.#environment)
    this.#options.onFrame({ episode: number, step: episode.progress.stepCount, images, poses, success })
  }
}

function joined<T extends Float32Array | Float64Array>(
  make: new (length: number) => T,
  parts: readonly T[],
  size: number,
): T {
  const all = new make(parts.length * size)
  parts.forEach((part, i) => all.set(part, i * size))
  return all
}
