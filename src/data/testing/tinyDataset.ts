import { createRandom, randomInteger, uniform } from '../../core/random.ts'
import { ACTION_SIZE, type RgbImage } from '../../core/schema/observation.ts'
import { type FrameToWrite, LeRobotWriter } from '../lerobot/writer.ts'

/** Side of the tiny images, pixels. */
export const TINY_SIZE = 16

const PROPRIO = 3
const STATE = 5
const PATCHES = 4

/** Frames with random content; the same seed gives the same frames. */
export function tinyEpisode(seed: number, frames: number, instruction: string): FrameToWrite[] {
  const random = createRandom(seed)
  const bytes = (length: number) => Uint8Array.from({ length }, () => randomInteger(random, 256))
  const image = (): RgbImage => ({ width: TINY_SIZE, height: TINY_SIZE, data: bytes(TINY_SIZE * TINY_SIZE * 3) })
  return Array.from({ length: frames }, (_, i) => ({
    observation: {
      images: { front: image(), wrist: image() },
      proprio: Float32Array.from({ length: PROPRIO }, () => uniform(random, -1, 1)),
      instruction,
    },
    action: Float32Array.from({ length: ACTION_SIZE }, () => uniform(random, -1, 1)),
    state: Float64Array.from({ length: STATE }, () => uniform(random, -1, 1)),
    phase: randomInteger(random, 8),
    success: i === frames - 1,
    relevance: { front: bytes(PATCHES), wrist: bytes(PATCHES) },
  }))
}

/** A writer for {@link tinyEpisode}. */
export function tinyWriter(): LeRobotWriter {
  return new LeRobotWriter({
    fps: 20,
    robot: 'test',
    proprioNames: ['x', 'y', 'z'],
    actionNames: Array.from({ length: ACTION_SIZE }, (_, i) => `a${i}`),
  })
}

/** All files of a dataset of episodes. */
export function tinyDataset(episodes: readonly FrameToWrite[][]): Map<string, Uint8Array> {
  const writer = tinyWriter()
  const data = episodes.map((frames) => writer.addEpisode(frames))
  return new Map([...data, ...writer.finish()].map(({ path, bytes }) => [path, bytes]))
}
