import { ACTION_SIZE, VIEW_IDS, type Observation, type ViewId } from '../core/schema/observation.ts'
import type { RecordedEpisode } from '../data/episodeSource.ts'
import { CONTROL_HZ, IMAGE_SIZE } from './constants.ts'
import type { SimulationEnvironment } from './environment.ts'
import { instructedTask } from './instructedTask.ts'
import type { SimulatorRecording } from './liveSimulator.ts'
import { PATCHES_PER_VIEW } from './relevance.ts'
import { Episode } from './rollout.ts'

export interface RenderOptions {
  /** Awaited between frames, so that a worker can do other things. */
  pause?(): Promise<void>
  signal?: AbortSignal
}

/**
 * Renders a recording again, frame by frame, as the recorded episode that players and replays open. From states where the
 * recording has them, because objects may have been moved by hand; else by executing the actions again.
 * @param environment is reset and must not be used otherwise meanwhile
 * @throws Error when the actions do not lead to the recorded outcome; AbortError when aborted
 */
export async function renderRecording(
  environment: SimulationEnvironment,
  recording: SimulatorRecording,
  { pause, signal }: RenderOptions = {},
): Promise<RecordedEpisode> {
  const { suite, seed, instruction, actions, success, states } = recording
  const { task } = instructedTask({ suite, seed, instruction })
  const frames = actions.length / ACTION_SIZE
  const episode = new Episode(environment, task, frames)
  const sheet = new FrameSheet(frames)
  for (let frame = 0; frame < frames; frame++) {
    await pause?.()
    signal?.throwIfAborted()
    if (states) {
      const state = states.values.subarray(frame * states.length, (frame + 1) * states.length)
      episode.restore({ state, progress: { ...episode.progress, goalIndex: states.goals[frame] } })
      sheet.add(frame, environment, episode.observeWithRelevance())
      continue
    }
    sheet.add(frame, environment, episode.observeWithRelevance())
    const step = episode.step(actions.slice(frame * ACTION_SIZE, (frame + 1) * ACTION_SIZE))
    if (Number(step.success) !== success[frame]) {
      throw new Error(`Suite ${suite}, seed ${seed}: executed again, the actions led to another outcome.`)
    }
  }
  return {
    key: `${suite}/${seed}`,
    index: 0,
    frames,
    fps: CONTROL_HZ,
    imageSize: IMAGE_SIZE,
    pixels: sheet.pixels,
    proprio: sheet.proprio,
    actions,
    instruction,
    states: { length: sheet.states.length / frames, values: sheet.states },
    success,
    relevance: sheet.relevance,
  }
}

/** Frames side by side, as a recorded episode holds them. */
class FrameSheet {
  readonly pixels: Record<ViewId, Uint8Array>
  readonly relevance: Record<ViewId, Uint8Array>
  proprio = new Float32Array()
  states = new Float64Array()
  readonly #frames: number

  constructor(frames: number) {
    const bytes = frames * IMAGE_SIZE * IMAGE_SIZE * 3
    this.#frames = frames
    this.pixels = { front: new Uint8Array(bytes), wrist: new Uint8Array(bytes) }
    this.relevance = {
      front: new Uint8Array(frames * PATCHES_PER_VIEW),
      wrist: new Uint8Array(frames * PATCHES_PER_VIEW),
    }
  }

  add(
    frame: number,
    environment: SimulationEnvironment,
    seen: { observation: Observation; relevance: Record<ViewId, Uint8Array> },
  ): void {
    const { images, proprio } = seen.observation
    const state = environment.getState()
    // Their lengths are known from the first frame on.
    if (frame === 0) {
      this.proprio = new Float32Array(this.#frames * proprio.length)
      this.states = new Float64Array(this.#frames * state.length)
    }
    for (const view of VIEW_IDS) {
      this.pixels[view].set(images[view].data, frame * images[view].data.length)
      this.relevance[view].set(seen.relevance[view], frame * PATCHES_PER_VIEW)
    }
    this.proprio.set(proprio, frame * proprio.length)
    this.states.set(state, frame * state.length)
  }
}
