import { createRandom, normal, uniform } from '../../../core/random.ts'
import type { Random } from '../../../core/random.ts'
import { encodeFloats, encodeIds } from '../../../core/schema/base64.ts'
import { ACTION_SIZE } from '../../../core/schema/observation.ts'
import type { QueryRecord, RunRecord } from '../../../core/schema/runRecord.ts'
import { RUN_RECORD_VERSION } from '../../../core/schema/runRecord.ts'

const VISUAL_TOKENS = 512
const CHUNK_LENGTH = 8

export interface RunRecordOptions {
  frames?: number
  executeSteps?: number
  layers?: number
  seed?: number
  /** Queries to make; default: as many as the frames hold. */
  queries?: number
  /** Without dense chunks and latencies, as a closed-loop run has them. */
  withDense?: boolean
  /** Without notes of a controller, as most methods have none. */
  withController?: boolean
  backend?: string
  adapter?: string
}

/** A plausible synthetic run: numbers for tests and for looking at charts, never for results. */
export function buildRunRecord(options: RunRecordOptions = {}): RunRecord {
  const { frames = 118, executeSteps = 8, layers = 12, seed = 1, withDense = true } = options
  const random = createRandom(seed)
  const count = options.queries ?? Math.ceil(frames / executeSteps)
  const queries = Array.from({ length: count }, (_, index) =>
    buildQuery(index, index * executeSteps, layers, random, options),
  )
  return {
    version: RUN_RECORD_VERSION,
    kind: withDense ? 'open-loop' : 'closed-loop',
    createdAt: '2026-03-01T12:00:00.000Z',
    app: { version: '0.1.0' },
    model: {
      id: 'test-policy',
      weightsSha256: '0'.repeat(64),
      layers,
      width: 192,
      feedForward: 768,
      visualTokens: VISUAL_TOKENS,
      fixedTokens: 29,
    },
    episode: { dataset: 'test-episodes', index: 0, frames },
    instruction: 'put the red cube in the tray',
    device: { backend: options.backend ?? 'webgpu', adapter: options.adapter ?? 'Test GPU', agent: 'Chromium 140' },
    method: { id: 'specprune', parameters: { fineTranslation: 0.35, fineRotation: 0.2 } },
    executeSteps,
    seed,
    queries,
  }
}

function buildQuery(
  index: number,
  step: number,
  layers: number,
  random: Random,
  { withDense = true, withController = true }: RunRecordOptions,
): QueryRecord {
  const fine = index % 7 >= 4
  const warmUp = index === 0
  const kept = warmUp ? VISUAL_TOKENS : Math.round(uniform(random, 150, 190) + (fine ? 60 : 0))
  const tokensPerLayer = Array.from({ length: layers }, (_, i) => {
    const stages = warmUp || i < 4 ? 0 : Math.min(3, Math.floor((i - 2) / 2))
    return i < 2 ? VISUAL_TOKENS : Math.round(kept * 0.9 ** stages)
  })
  const chunk = Float32Array.from({ length: CHUNK_LENGTH * ACTION_SIZE }, (_, i) =>
    i % ACTION_SIZE === 6 ? (index % 5 > 2 ? -1 : 1) : uniform(random, -0.6, 0.6),
  )
  const spread = warmUp ? 0 : index % 9 === 5 ? 0.25 : 0.03
  const denseChunk = chunk.map((value, i) =>
    i % ACTION_SIZE === 6 ? (index === 5 ? -value : value) : value + spread * normal(random),
  )
  const layersMs = 4 + (14 * kept) / VISUAL_TOKENS + Math.abs(normal(random)) * 0.8
  const stagesMs = { observe: 0.6, select: warmUp ? 0.1 : 0.9, embed: 1.4, layers: layersMs, head: 0.5 }
  const latencyMs = Object.values(stagesMs).reduce((sum, ms) => sum + ms, 0.4)
  return {
    index,
    step,
    replan: withController && index > 0 && fine && index % 7 === 4,
    notes: withController
      ? {
          mode: fine ? 'fine' : 'coarse',
          speed: fine ? uniform(random, 0.2, 1) : uniform(random, 1.5, 4),
          ...(warmUp ? { warmUp } : { lookBackSteps: fine ? 10 : 7 }),
        }
      : {},
    chunk: encodeFloats(chunk),
    ...(withDense ? { denseChunk: encodeFloats(denseChunk), denseLatencyMs: 21 + Math.abs(normal(random)) * 1.2 } : {}),
    tokensPerLayer,
    decisions: [
      {
        layer: 2,
        keep: encodeIds(
          Int32Array.from({ length: kept }, (_, i) => i),
          VISUAL_TOKENS,
        ),
        sets: [],
      },
    ],
    latencyMs,
    stagesMs,
  }
}
