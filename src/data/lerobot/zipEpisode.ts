import { strToU8, zipSync } from 'fflate'
import { ACTION_SIZE, type RgbImage, VIEW_IDS, type ViewId } from '../../core/schema/observation.ts'
import type { RecordedEpisode } from '../episodeSource.ts'
import { type DatasetOptions, type FrameToWrite, LeRobotWriter } from './writer.ts'

/** Number in `sim.phase` of a frame that no expert played. */
export const NO_PHASE = -1

/**
 * An episode as a LeRobot v3.0 dataset of one episode, in a zip file.
 * @param about what a reader should know, as `README.md` in the file
 * @throws Error when the episode lacks simulator states or relevance masks, which every simulated one has
 */
export function zipEpisode(episode: RecordedEpisode, options: DatasetOptions, about: string): Uint8Array {
  const writer = new LeRobotWriter(options)
  const files = [writer.addEpisode(framesOf(episode)), ...writer.finish()]
  const entries = files.map(({ path, bytes }) => [path, bytes] as const)
  // Parquet with PNG inside is compressed already.
  return zipSync({ ...Object.fromEntries(entries), 'README.md': strToU8(about) }, { level: 0 })
}

function framesOf(episode: RecordedEpisode): FrameToWrite[] {
  const { frames, states, relevance, actions, proprio, success, phases, instruction } = episode
  if (!states || !relevance) throw new Error('Only episodes of the simulator can be written: this one has no states.')
  const patches = relevance.front.length / frames
  const sizeOfProprio = proprio.length / frames
  return Array.from({ length: frames }, (_, frame): FrameToWrite => {
    const row = <T extends Uint8Array | Float32Array | Float64Array>(values: T, size: number) =>
      values.subarray(frame * size, (frame + 1) * size) as T
    return {
      observation: {
        images: byView((view) => imageAt(episode, view, frame)),
        proprio: row(proprio, sizeOfProprio),
        instruction,
      },
      action: row(actions, ACTION_SIZE),
      state: row(states.values, states.length),
      phase: phases?.[frame] ?? NO_PHASE,
      success: success?.[frame] === 1,
      relevance: byView((view) => row(relevance[view], patches)),
    }
  })
}

function imageAt({ imageSize, pixels }: RecordedEpisode, view: ViewId, frame: number): RgbImage {
  const bytes = imageSize * imageSize * 3
  return { width: imageSize, height: imageSize, data: pixels[view].subarray(frame * bytes, (frame + 1) * bytes) }
}

function byView<T>(of: (view: ViewId) => T): Record<ViewId, T> {
  return Object.fromEntries(VIEW_IDS.map((view) => [view, of(view)])) as Record<ViewId, T>
}
