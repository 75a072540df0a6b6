import type { Observation, RgbImage } from '../core/schema/observation.ts'
import { goldenObservation, maxDifference } from './golden.ts'
import type { ModelFiles } from './model.ts'
import type { CaptureReport } from './protocol.ts'

/** Same kernels on the same device: what differs by more than this is another result. In action units. */
const TOLERANCE = 1e-5

/** Gives one vector for an observation: chunk, and scores and kept ids where a graph has them. */
export type VectorOf = (observation: Observation) => Promise<Float32Array>

/**
 * The self-test of replayed GPU commands: a golden case, its negative, and the first again must give what the graph gives
 * without them. The first run records; wrong replays were seen from the second on (onnxruntime #29594).
 */
export async function replaysAgree(
  replayed: VectorOf,
  plain: VectorOf,
  { manifest, golden }: Pick<ModelFiles, 'manifest' | 'golden'>,
): Promise<CaptureReport> {
  const first = goldenObservation(manifest, golden.cases[0])
  const observations = [first, negative(first)]
  const expected = [await plain(observations[0]), await plain(observations[1])]
  let largest = 0
  for (const turn of [0, 1, 0]) {
    const difference = maxDifference(await replayed(observations[turn]), expected[turn])
    // A comparison would let NaN pass.
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference)
  }
  if (largest <= TOLERANCE) return { status: 'on' }
  return { status: 'off', reason: `replayed commands gave results that differ by ${largest.toPrecision(2)}.` }
}

/** The same with inverted images: a replay that ignores its inputs must not pass. */
function negative({ images, ...rest }: Observation): Observation {
  const invert = (image: RgbImage): RgbImage => ({ ...image, data: image.data.map((byte) => 255 - byte) })
  return { ...rest, images: { front: invert(images.front), wrist: invert(images.wrist) } }
}
