import { decodeBase64, decodeFloats } from '../core/schema/base64.ts'
import type { Golden, Manifest } from '../core/schema/manifest.ts'
import type { Observation } from '../core/schema/observation.ts'
import type { LayerScores } from '../core/policy/engine.ts'
import type { ScoreRows } from '../core/pruning/contract.ts'
import type { PolicyEngines } from './engines/createEngines.ts'
import type { GoldenReport } from './protocol.ts'

type GoldenCase = Golden['cases'][number]

/** The observation of a golden case. @throws if its images do not have the model's size. */
export function goldenObservation(manifest: Manifest, golden: GoldenCase): Observation {
  const size = manifest.input.imageSize
  const bytes = decodeBase64(golden.images)
  const imageBytes = size * size * 3
  if (bytes.length !== imageBytes * 2) throw new Error(`Golden case "${golden.name}" has ${bytes.length} image bytes.`)
  const image = (index: number) => ({
    width: size,
    height: size,
    data: bytes.subarray(index * imageBytes, (index + 1) * imageBytes),
  })
  return {
    images: { front: image(0), wrist: image(1) },
    proprio: decodeFloats(golden.proprio),
    instruction: golden.instruction,
  }
}

/**
 * Compares this device with the golden vectors: the chunks of both engines (the layered one keeps everything) and
 * the attention scores of every layer.
 */
export async function checkGolden(
  engines: PolicyEngines,
  manifest: Manifest,
  golden: Golden,
  signal?: AbortSignal,
): Promise<GoldenReport> {
  let chunkError = 0
  let scoreError = 0
  for (const entry of golden.cases) {
    const observation = goldenObservation(manifest, entry)
    const expected = decodeFloats(entry.chunk)
    const dense = await engines.dense.query(observation, { signal })
    const layered = await engines.layered.query(observation, { taps: 'all', signal })
    chunkError = Math.max(chunkError, maxDifference(dense.chunk, expected), maxDifference(layered.chunk, expected))
    for (const [rows, text] of [
      ['text', entry.textScores],
      ['action', entry.actionScores],
    ] as const) {
      scoreError = Math.max(scoreError, scoreDifference(layered.scores, rows, decodeFloats(text), manifest))
    }
  }
  const { chunkTolerance, scoreTolerance } = golden
  // NaN must fail, so the comparison asks for what is wanted rather than for what is not.
  const passed = chunkError <= chunkTolerance && scoreError <= scoreTolerance
  const cases = golden.cases.length
  return { status: passed ? 'passed' : 'failed', chunkError, chunkTolerance, scoreError, scoreTolerance, cases }
}

/** Largest absolute difference; NaN if any value is NaN, infinity if the lengths differ. */
export function maxDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < actual.length; i++) largest = Math.max(largest, Math.abs(actual[i] - expected[i]))
  return largest
}

/** Golden scores run over all tokens; engines report the visual ones, which come first. */
function scoreDifference(
  scores: readonly LayerScores[],
  rows: ScoreRows,
  expected: Float32Array,
  manifest: Manifest,
): number {
  const { length } = manifest.layout
  let largest = 0
  for (let layer = 1; layer <= manifest.model.layers; layer++) {
    const actual = scores.find((score) => score.layer === layer && score.rows === rows)
    if (!actual) return Number.POSITIVE_INFINITY
    const start = (layer - 1) * length
    largest = Math.max(largest, maxDifference(actual.values, expected.subarray(start, start + actual.values.length)))
  }
  return largest
}
