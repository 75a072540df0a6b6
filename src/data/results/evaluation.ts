import { z } from 'zod'
import { deviceSchema } from '../../core/schema/runRecord.ts'

/** Version of the evaluation format that this code writes and reads. */
export const EVALUATION_VERSION = 1

/** Counts of some of a suite's episodes. */
const groupSchema = z.object({
  episodes: z.int().positive(),
  successes: z.int().nonnegative(),
  /** 95 % Wilson interval of the success rate. */
  wilson95: z.tuple([z.number(), z.number()]),
  /** Failed episodes by reason. */
  failures: z.record(z.string(), z.int().positive()),
})

export type GroupResult = z.infer<typeof groupSchema>

const suiteResultSchema = z.object({
  /** First and last seed, both included. */
  seeds: z.object({ first: z.int().nonnegative(), last: z.int().nonnegative() }),
  episodes: z.int().positive(),
  successes: z.int().nonnegative(),
  /** 95 % Wilson interval of the success rate. */
  wilson95: z.tuple([z.number(), z.number()]),
  /** Policy inferences over all episodes. */
  queries: z.int().nonnegative(),
  /** Queries that the controller asked for before the chunk was used up. */
  replans: z.int().nonnegative(),
  /** Control steps over all episodes. */
  steps: z.int().nonnegative(),
  /** Visual tokens that reached the last layer, mean over queries. */
  keptTokensMean: z.number().nonnegative(),
  /** Token-layers as a share of dense, mean over queries. */
  budget: z.number().nonnegative(),
  /** Multiply-accumulates as a share of dense, over all queries. */
  macsRatio: z.number().nonnegative(),
  /** Everything between observation and action, selector included. */
  latencyMs: z.object({ p50: z.number(), p95: z.number() }),
  failedSeeds: z.array(z.int()),
  /** Failed episodes by reason. */
  failures: z.record(z.string(), z.int().positive()),
  /** Policy inferences per episode, mean. */
  queriesPerEpisode: z.number().nonnegative().optional(),
  /** Control steps after which an episode of this suite counts as failed. */
  horizonSteps: z.int().positive().optional(),
  /** Goals met per episode, mean; of interest where a task has two. */
  goalsMetMean: z.number().nonnegative().optional(),
  /** By task of the suite. */
  tasks: z.record(z.string(), groupSchema).optional(),
  /** By whether training has used the phrasing; only groups with episodes. */
  phrasings: z.object({ trained: groupSchema.optional(), heldOut: groupSchema.optional() }).optional(),
})

/** Closed-loop results of one method on one suite. */
export type SuiteResult = z.infer<typeof suiteResultSchema>

/** What `specprune evaluate --json` prints: enough to run it again and to compare it, paired by seed, with another. */
export const evaluationSchema = z.object({
  version: z.literal(EVALUATION_VERSION),
  suites: z.record(z.string(), suiteResultSchema),
  provenance: z.object({
    /** ISO 8601. */
    createdAt: z.string(),
    app: z.object({ version: z.string(), commit: z.string().optional() }),
    /** The command line that regenerates the file. */
    command: z.string(),
    model: z.object({ id: z.string(), weightsSha256: z.string() }),
    method: z.object({
      id: z.string(),
      preset: z.string().optional(),
      parameters: z.record(z.string(), z.union([z.number(), z.boolean(), z.string(), z.array(z.number()).readonly()])),
    }),
    executeSteps: z.int().positive(),
    /** Control steps after which an episode counts as failed; the largest where suites differ. */
    horizonSteps: z.int().positive(),
    /** How the tasks were said: plain, trained, held-out or mixed. */
    wording: z.string().optional(),
    /** Seed of the method's own randomness. */
    methodSeed: z.int(),
    /** Processes that ran at once; with more than one, latencies include waiting for the processor. */
    workers: z.int().positive(),
    device: deviceSchema,
  }),
})

export type Evaluation = z.infer<typeof evaluationSchema>

/**
 * Reads an evaluation from parsed JSON.
 * @throws an Error that names the first field that is wrong, or the version if it is newer than this code.
 */
export function parseEvaluation(json: unknown): Evaluation {
  const version = z.object({ version: z.number() }).safeParse(json)
  if (version.success && version.data.version > EVALUATION_VERSION) {
    throw new Error(
      `This evaluation has format version ${version.data.version}; this page reads up to ${EVALUATION_VERSION}. Reload the page to update it.`,
    )
  }
  const result = evaluationSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`Not an evaluation: ${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}
