import { z } from 'zod'

/** Version of the run-record format that this code writes. */
export const RUN_RECORD_VERSION = 1

const base64 = z.string()

const keepSetSchema = z.object({
  name: z.string(),
  /** Bit field of token ids (`encodeIds`). */
  ids: base64,
})

const decisionSchema = z.object({
  /** The decision was taken after this layer; 0 = before layer 1. */
  layer: z.int().nonnegative(),
  keep: base64,
  sets: z.array(keepSetSchema),
  /** float32 per VISUAL TOKEN ID (NaN where the token was gone): what the decision ranked by. */
  score: base64.optional(),
})

const scoresSchema = z.object({
  layer: z.int().positive(),
  rows: z.enum(['text', 'action']),
  /** float32 per visual token id, NaN where the token did not take part. */
  values: base64,
})

/** One policy inference of a run. */
export const queryRecordSchema = z.object({
  index: z.int().nonnegative(),
  /** Control step (frame of the episode) of the observation. */
  step: z.int().nonnegative(),
  /** True when the controller threw the previous chunk's rest away. */
  replan: z.boolean(),
  notes: z.object({
    mode: z.enum(['coarse', 'fine']).optional(),
    lookBackSteps: z.number().optional(),
    speed: z.number().optional(),
    warmUp: z.boolean().optional(),
    /** Whether inherited scores come from a dense forward or from a pruned one. */
    gateProvenance: z.enum(['dense', 'pruned']).optional(),
  }),
  /** float32 `[chunk, 7]` of the run's method. */
  chunk: base64,
  /** float32 `[chunk, 7]` of the dense engine on the same observation (open-loop runs). */
  denseChunk: base64.optional(),
  /** float32 `[chunk, 7]` of the layered engine that keeps all on the same observation: the floor of the comparison. */
  keepAllChunk: base64.optional(),
  /** Visual tokens that took part in each layer, from layer 1; empty for repeated actions. */
  tokensPerLayer: z.array(z.int().nonnegative()),
  /** The method repeated earlier actions (`chunk`, which may be shorter then) instead of running the policy. */
  repeated: z.boolean().optional(),
  /** What ran the query; absent in records that are older than the choice. */
  engine: z.enum(['dense', 'layered', 'fused']).optional(),
  /** Recorded GPU commands were replayed; later queries of a run are, once a variant for their counts was made. */
  captured: z.boolean().optional(),
  /** Why the fused engine did not run it although it was asked for. */
  fusedObstacle: z.string().optional(),
  decisions: z.array(decisionSchema),
  scores: z.array(scoresSchema).optional(),
  /** Everything between observation and action, selector included. */
  latencyMs: z.number().nonnegative(),
  denseLatencyMs: z.number().nonnegative().optional(),
  stagesMs: z.object({
    observe: z.number(),
    select: z.number(),
    embed: z.number(),
    layers: z.number(),
    head: z.number(),
  }),
  /**
   * A dense forward that the method asked for outside the timed path: ahead of the query (oracles) or while its chunk was
   * executed (dense refresh). In no other number of this record.
   */
  offPath: z
    .object({
      moment: z.enum(['before', 'after']),
      latencyMs: z.number().nonnegative(),
      tokensPerLayer: z.array(z.int().nonnegative()),
    })
    .optional(),
})

export type QueryRecord = z.infer<typeof queryRecordSchema>
export type DecisionRecord = z.infer<typeof decisionSchema>

/** Where numbers come from: printed beside every figure on the screen. */
export const deviceSchema = z.object({
  /** For example `webgpu`, `wasm-threads`, `wasm`, `node`. */
  backend: z.string(),
  threads: z.int().positive().optional(),
  /** WebGPU adapter in words. */
  adapter: z.string().optional(),
  /** Browser or Node with its version, and the processor where it is known. */
  agent: z.string(),
  crossOriginIsolated: z.boolean().optional(),
})

export type DeviceInfo = z.infer<typeof deviceSchema>

/** One run of one method: what a live run produces, a file holds, and charts and overlays read. */
export const runRecordSchema = z.object({
  version: z.literal(RUN_RECORD_VERSION),
  kind: z.enum(['open-loop', 'closed-loop']),
  /** ISO 8601. */
  createdAt: z.string(),
  app: z.object({ version: z.string(), commit: z.string().optional() }),
  model: z.object({
    id: z.string(),
    weightsSha256: z.string(),
    layers: z.int().positive(),
    width: z.int().positive(),
    feedForward: z.int().positive(),
    visualTokens: z.int().positive(),
    /** Tokens that are never pruned: proprio, text, action queries. */
    fixedTokens: z.int().positive(),
  }),
  /** The recording that was replayed (open loop). */
  episode: z.object({ dataset: z.string(), index: z.int().nonnegative(), frames: z.int().positive() }).optional(),
  /** The simulated task (closed loop). */
  task: z.object({ suite: z.string(), seed: z.int() }).optional(),
  instruction: z.string(),
  device: deviceSchema,
  method: z.object({
    id: z.string(),
    preset: z.string().optional(),
    parameters: z.record(z.string(), z.union([z.number(), z.boolean(), z.string(), z.array(z.number()).readonly()])),
  }),
  /** Actions of a chunk that are executed before the next query. */
  executeSteps: z.int().positive(),
  seed: z.int(),
  /** Tokens that were kept or dropped by hand whatever the method said, or greyed in the images (`formatForced`). */
  forced: z.string().optional(),
  /** True where `instruction` is not the recording's own. */
  instructionEdited: z.literal(true).optional(),
  queries: z.array(queryRecordSchema),
  /** Closed loop only: whether the task's predicate was met. */
  outcome: z.object({ success: z.boolean(), steps: z.int().nonnegative(), failure: z.string().optional() }).optional(),
})

export type RunRecord = z.infer<typeof runRecordSchema>

/**
 * Reads a run record from parsed JSON.
 * @throws an Error that names the first field that is wrong, or the version if it is newer than this code.
 */
export function parseRunRecord(json: unknown): RunRecord {
  const version = z.object({ version: z.number() }).safeParse(json)
  if (version.success && version.data.version > RUN_RECORD_VERSION) {
    throw new Error(
      `This run record has format version ${version.data.version}; this page reads up to ${RUN_RECORD_VERSION}. Reload the page to update it.`,
    )
  }
  const result = runRecordSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`Not a run record: ${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}
