import type { QueryResult } from '../core/policy/engine.ts'
import type { SelectorSession } from '../core/pruning/contract.ts'
import { ACTION_SIZE, type Action, type Observation, type RgbImage, type ViewId } from '../core/schema/observation.ts'
import { summaryOf } from './methodQuery.ts'
import { prepareQuery } from './preparation.ts'
import type { EpisodeFrames } from './protocol.ts'

/**
 * The way of an open-loop run through a recording: where queries fall, what the selector is told before and after
 * them. "Executed" actions are the recorded ones. The caller runs the engines.
 */
export class OpenLoopWalk {
  /** Number of the next query. */
  index = 0
  /** Frame of the next query. */
  step = 0
  /** Whether the controller asked for the next query before the chunk was used up. */
  replan = false
  /** In the state of the last finished query, or of {@link begin} since. */
  session: SelectorSession
  /** Milliseconds of the selector's preparation for the query that was begun last. */
  preparationMs = 0
  #executed: Action[] = []
  readonly #episode: EpisodeFrames
  readonly #executeSteps: number

  /** Begins the episode. The session belongs to the walk from here on. */
  constructor(episode: EpisodeFrames, session: SelectorSession, executeSteps: number) {
    this.#episode = checkEpisode(episode)
    this.#executeSteps = executeSteps
    this.session = session
    session.beginEpisode()
  }

  /** Whether the recording has no more frames to query at. */
  get done(): boolean {
    return this.step >= this.#episode.frames
  }

  /** Prepares the selector for the next query and returns what the policy sees. */
  begin(): Observation {
    const { step } = this
    const observation = observationAt(this.#episode, step)
    this.preparationMs = prepareQuery(this.session, {
      step,
      observation,
      imagesAt: (stepsBack) =>
        stepsBack >= 0 && stepsBack <= step ? imagesAt(this.#episode, step - stepsBack) : undefined,
      executedActions: this.#executed,
    })
    return observation
  }

  /** Adopts the session that the query ran with, and goes on to the frame of the next query. */
  finish(session: SelectorSession, result: QueryResult): void {
    this.session = session
    session.afterQuery(summaryOf(result))
    this.index++
    this.replan = false
    this.#executed = []
    const planned = Math.min(this.#executeSteps, result.chunk.length / ACTION_SIZE)
    for (let i = 0; i < planned && !this.done && !this.replan; i++) {
      const action = actionAt(this.#episode, this.step)
      this.#executed.push(action)
      this.step++
      const remaining = planned - 1 - i
      // With nothing left there is nothing to throw away.
      this.replan = session.afterStep({ action, remaining }).replan && remaining > 0
    }
  }
}

/** What the policy saw at a frame; the images are views of the episode's pixels. */
export function observationAt(episode: EpisodeFrames, step: number): Observation {
  const size = episode.proprio.length / episode.frames
  return {
    images: imagesAt(episode, step),
    proprio: episode.proprio.subarray(step * size, (step + 1) * size),
    instruction: episode.instruction,
    ...(episode.relevance && { relevance: relevanceAt(episode.relevance, episode.frames, step) }),
  }
}

function relevanceAt(masks: Record<ViewId, Uint8Array>, frames: number, step: number): Record<ViewId, Uint8Array> {
  const mask = ({ length }: Uint8Array, view: ViewId) => {
    const patches = length / frames
    return masks[view].subarray(step * patches, (step + 1) * patches)
  }
  return { front: mask(masks.front, 'front'), wrist: mask(masks.wrist, 'wrist') }
}

function imagesAt(episode: EpisodeFrames, step: number): Record<ViewId, RgbImage> {
  const { imageSize, pixels } = episode
  const bytes = imageSize * imageSize * 3
  const image = (view: ViewId): RgbImage => ({
    width: imageSize,
    height: imageSize,
    data: pixels[view].subarray(step * bytes, (step + 1) * bytes),
  })
  return { front: image('front'), wrist: image('wrist') }
}

function actionAt(episode: EpisodeFrames, step: number): Action {
  return episode.actions.subarray(step * ACTION_SIZE, (step + 1) * ACTION_SIZE)
}

/** The episode itself. @throws if an array does not have the length that the number of frames asks for. */
function checkEpisode(episode: EpisodeFrames): EpisodeFrames {
  const { frames, imageSize, pixels, proprio, actions } = episode
  const fail = (what: string): never => {
    throw new Error(`Episode ${episode.key}: ${what} do not fit ${frames} frames.`)
  }
  const imageBytes = frames * imageSize * imageSize * 3
  if (pixels.front.length !== imageBytes || pixels.wrist.length !== imageBytes) fail('the pixels')
  if (proprio.length % frames !== 0) fail('the proprioceptive states')
  const { relevance } = episode
  if (relevance && (relevance.front.length % frames !== 0 || relevance.wrist.length % frames !== 0)) {
    fail('the relevance masks')
  }
  if (actions.length !== frames * ACTION_SIZE) fail('the actions')
  return episode
}
