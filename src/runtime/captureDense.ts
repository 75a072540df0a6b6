import type { PolicyEngine } from '../core/policy/engine.ts'
import type { Observation, RgbImage } from '../core/schema/observation.ts'
import { DenseEngine } from './engines/denseEngine.ts'
import { CapturedGraph } from './engines/chunkGraph.ts'
import { goldenObservation, maxDifference } from './golden.ts'
import type { ModelFiles } from './model.ts'
import { createGraphSession, type OrtApi, type SessionSettings } from './ort.ts'
import type { CaptureReport } from './protocol.ts'

/** Same kernels on the same device: what differs by more than this is another result. In action units. */
const TOLERANCE = 1e-5

/**
 * A dense engine that replays recorded GPU commands, if on this device it says the same as the engine without: on a golden case, on
 * its negative, and on the first again. The first run records; wrong replays were seen from the second on (onnxruntime #29594).
 * @param plain the engine without, already checked against the golden vectors
 * @returns the engine, or why there is none; never throws but for an abort
 */
export async function captureDense(
  ort: OrtApi,
  files: ModelFiles,
  settings: SessionSettings,
  plain: PolicyEngine,
  signal?: AbortSignal,
): Promise<{ engine?: PolicyEngine; report: CaptureReport }> {
  const { device } = settings
  if (!device) return { report: { status: 'off', reason: 'only a GPU records commands.' } }
  let engine: PolicyEngine | undefined
  try {
    const outputs = { cpu: [], gpu: ['chunk'] }
    const captured = { ...settings, capture: true }
    const session = await createGraphSession(ort, files.graphs.dense, files.weights, captured, outputs)
    engine = new DenseEngine(ort, files.manifest, new CapturedGraph(ort, device, session))
    const difference = await largestDifference(engine, plain, files, signal)
    if (difference <= TOLERANCE) return { engine, report: { status: 'on' } }
    await engine.dispose()
    const reason = `replayed commands gave results that differ by ${difference.toPrecision(2)}.`
    return { report: { status: 'off', reason } }
  } catch (error) {
    await engine?.dispose().catch(() => {})
    signal?.throwIfAborted()
    return { report: { status: 'off', reason: error instanceof Error ? error.message : String(error) } }
  }
}

async function largestDifference(
  engine: PolicyEngine,
  plain: PolicyEngine,
  { manifest, golden }: ModelFiles,
  signal: AbortSignal | undefined,
): Promise<number> {
  const first = goldenObservation(manifest, golden.cases[0])
  const other = negative(first)
  const expected = [await plain.query(first, { signal }), await plain.query(other, { signal })]
  let largest = 0
  for (const turn of [0, 1, 0]) {
    const { chunk } = await engine.query(turn === 0 ? first : other, { signal })
    const difference = maxDifference(chunk, expected[turn].chunk)
    // A comparison would let NaN pass.
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference)
  }
  return largest
}

/** The same with inverted images: a replay that ignores its inputs must not pass. */
function negative({ images, ...rest }: Observation): Observation {
  const invert = (image: RgbImage): RgbImage => ({ ...image, data: image.data.map((byte) => 255 - byte) })
  return { ...rest, images: { front: invert(images.front), wrist: invert(images.wrist) } }
}
