import { createRandom, randomInteger, uniform } from '../../../src/core/random.ts'
import { ACTION_SIZE, type Observation } from '../../../src/core/schema/observation.ts'
import type { RecordedEpisode } from '../../../src/data/episodeSource.ts'

/** Squares that move over a view. */
const BLOCKS = 4

/** Share of a view's side that a block takes. */
const BLOCK_SIDE = 0.2

interface Block {
  x: number
  y: number
  vx: number
  vy: number
  color: readonly [number, number, number]
}

/**
 * A recording for models that no simulator knows: blocks that move over a still, noisy ground, seeded, in any image size.
 * It moves as much as a robot's does, so that methods that compare frames find both kinds of patches.
 * @param like an observation that the model takes: image size, proprioception and instruction are its
 */
export function syntheticEpisode(like: Observation, frames: number, seed: number): RecordedEpisode {
  const random = createRandom(seed)
  const size = like.images.front.width
  const view = (): Uint8Array => {
    const ground = Uint8Array.from({ length: size * size * 3 }, () => 90 + randomInteger(random, 110))
    const blocks = Array.from({ length: BLOCKS }, (): Block => drawBlock(random))
    const pixels = new Uint8Array(frames * ground.length)
    for (let frame = 0; frame < frames; frame++) {
      const image = pixels.subarray(frame * ground.length, (frame + 1) * ground.length)
      image.set(ground)
      for (const block of blocks) paint(image, size, block, frame)
    }
    return pixels
  }
  const proprio = new Float32Array(frames * like.proprio.length)
  for (let frame = 0; frame < frames; frame++) proprio.set(like.proprio, frame * like.proprio.length)
  return {
    key: `synthetic/${seed}`,
    index: seed,
    frames,
    fps: 20,
    imageSize: size,
    pixels: { front: view(), wrist: view() },
    proprio,
    actions: Float32Array.from({ length: frames * ACTION_SIZE }, () => uniform(random, -0.5, 0.5)),
    instruction: like.instruction,
  }
}

/** Places and speeds are shares of the view's side. */
function drawBlock(random: () => number): Block {
  return {
    x: uniform(random, 0, 1 - BLOCK_SIDE),
    y: uniform(random, 0, 1 - BLOCK_SIDE),
    vx: uniform(random, -0.02, 0.02),
    vy: uniform(random, -0.02, 0.02),
    color: [randomInteger(random, 256), randomInteger(random, 256), randomInteger(random, 256)],
  }
}

function paint(image: Uint8Array, size: number, { x, y, vx, vy, color }: Block, frame: number): void {
  const side = Math.max(1, Math.round(BLOCK_SIDE * size))
  const left = Math.round(bounce(x + vx * frame) * size)
  const top = Math.round(bounce(y + vy * frame) * size)
  for (let row = top; row < Math.min(size, top + side); row++) {
    for (let column = left; column < Math.min(size, left + side); column++) image.set(color, (row * size + column) * 3)
  }
}

/** A place that turns back at 0 and at 1 - BLOCK_SIDE. */
function bounce(place: number): number {
  const room = 1 - BLOCK_SIDE
  const folded = ((place % (2 * room)) + 2 * room) % (2 * room)
  return folded > room ? 2 * room - folded : folded
}
