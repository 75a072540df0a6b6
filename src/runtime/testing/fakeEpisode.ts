import { createRandom, randomInteger, uniform } from '../../core/random.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import type { EpisodeFrames } from '../protocol.ts'

/** A recording of seeded noise in the shape that the tiny model takes. */
export function fakeEpisode(frames: number, key = 'fake/0'): EpisodeFrames {
  const random = createRandom(frames)
  const imageSize = 128
  const noise = () => Uint8Array.from({ length: frames * imageSize * imageSize * 3 }, () => randomInteger(random, 256))
  return {
    key,
    frames,
    imageSize,
    pixels: { front: noise(), wrist: noise() },
    proprio: Float32Array.from({ length: frames * 10 }, () => uniform(random, -0.2, 0.2)),
    actions: Float32Array.from({ length: frames * ACTION_SIZE }, () => uniform(random, -1, 1)),
    instruction: 'put the red cube in the tray',
  }
}
