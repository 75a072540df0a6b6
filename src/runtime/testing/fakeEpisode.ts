import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, randomInteger, uniform } from '../../core/random.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import { parseManifest } from '../loader/modelFormat.ts'
import type { EpisodeFrames } from '../protocol.ts'
import { TINY_MODEL } from './paths.ts'

const { input } = parseManifest(readFileSync(join(TINY_MODEL, 'manifest.json'), 'utf8'))

/** A recording of seeded noise in the shape that the tiny model takes. */
export function fakeEpisode(frames: number, key = 'fake/0'): EpisodeFrames {
  const random = createRandom(frames)
  const { imageSize, proprio } = input
  const noise = () => Uint8Array.from({ length: frames * imageSize * imageSize * 3 }, () => randomInteger(random, 256))
  return {
    key,
    frames,
    imageSize,
    pixels: { front: noise(), wrist: noise() },
    proprio: Float32Array.from({ length: frames * proprio.fields.length }, () => uniform(random, -0.2, 0.2)),
    actions: Float32Array.from({ length: frames * ACTION_SIZE }, () => uniform(random, -1, 1)),
    instruction: 'put the red cube in the tray',
  }
}
