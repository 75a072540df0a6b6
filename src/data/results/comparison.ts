import { z } from 'zod'
import { deviceSchema } from '../../core/schema/runRecord.ts'

/** Version of the comparison format that this code writes and reads. */
export const COMPARISON_VERSION = 1

const interval = z.tuple([z.number(), z.number()])
const share = z.number().min(0).max(1)

/** A method with all its parameters. */
export const methodDescriptionSchema = z.object({
  /** As the command line names it; unique in a file. */
  label: z.string().min(1),
  title: z.string(),
  id: z.string().min(1),
  preset: z.string().optional(),
  parameters: z.record(z.string(), z.union([z.number(), z.boolean(), z.string(), z.array(z.number()).readonly()])),
  /** The parameters that differ from the preset. */
  changed: z.array(z.string()),
})

export type MethodDescription = z.infer<typeof methodDescriptionSchema>

const agreementSchema = z.object({
  /** Open-loop queries on observations of the dense policy. */
  queries: z.int().positive(),
  /** Mean absolute difference to the dense chunk, action units. */
  l1: z.number(),
  translationMm: z.number(),
  rotationDeg: z.number(),
  /** Share of steps with the same gripper command. */
  gripperAgreement: share,
})

const recallSchema = z.object({
  /** Share of the target's and destination's patches that reach the last layer, mean over queries. */
  lastLayer: share,
  /** The same, averaged over the layers. */
  layers: share,
  /** Share of the target's patches alone that reach the last layer. */
  targetLastLayer: share,
})

export const methodResultSchema = z.object({
  /** Label of the method. */
  method: z.string(),
  episodes: z.int().positive(),
  successes: z.int().nonnegative(),
  successRate: share,
  wilson95: interval,
  /** Means over episodes. */
  queriesPerEpisode: z.number(),
  replansPerEpisode: z.number(),
  stepsPerEpisode: z.number(),
  /** Mean over successful episodes; absent when there were none. */
  stepsPerSuccess: z.number().optional(),
  /** Token-layers as a share of dense, mean over queries. */
  budget: z.number(),
  /** Visual tokens that reach the last layer, mean over queries. */
  keptTokens: z.number(),
  /** Multiply-accumulates of the policy, counted from the realised lengths. */
  macsPerQuery: z.number(),
  macsRatio: z.number(),
  macsPerEpisode: z.number(),
  /** Everything between observation and action, selector included. */
  latencyMs: z.object({ count: z.int().positive(), p50: z.number(), p95: z.number(), mean: z.number() }),
  /** Sum of the latencies of an episode, mean over episodes. */
  latencyPerEpisodeMs: z.number(),
  /** Dense passes outside the timed path that the method asked for (dense refresh, oracles), per query. Not in the latency. */
  offPath: z.object({ passesPerQuery: z.number(), latencyMs: z.number(), macsPerQuery: z.number() }).optional(),
  /** Absent when no query showed a relevant patch. */
  recall: recallSchema.optional(),
  /** Failed episodes by reason. */
  failures: z.record(z.string(), z.int().positive()),
  /** Present when the comparison had an open-loop part. */
  agreement: agreementSchema.optional(),
})

export type MethodResult = z.infer<typeof methodResultSchema>

export const pairResultSchema = z.object({
  /** Labels of the methods; the difference is second minus first. */
  first: z.string(),
  second: z.string(),
  pairs: z.int().positive(),
  both: z.int().nonnegative(),
  onlyFirst: z.int().nonnegative(),
  onlySecond: z.int().nonnegative(),
  neither: z.int().nonnegative(),
  /** Exact, two-sided. */
  mcnemarP: share,
  /** Adjusted (Holm) over all pairs of the suite in this file. */
  mcnemarHolmP: share,
  difference: z.number(),
  /** Paired bootstrap of the difference, clustered by task. */
  bootstrap95: interval,
  clusters: z.int().positive(),
})

export type PairResult = z.infer<typeof pairResultSchema>

/** What happened, by seed; all lists run over the seeds of the suite. */
const outcomesSchema = z.object({
  method: z.string(),
  /** 1 = success. */
  success: z.array(z.union([z.literal(0), z.literal(1)])),
  steps: z.array(z.int()),
  queries: z.array(z.int()),
  replans: z.array(z.int()),
})

const suiteComparisonSchema = z.object({
  /** Control steps after which an episode has failed. */
  horizonSteps: z.int().positive(),
  /** First and last seed, both included. */
  seeds: z.object({ first: z.int().nonnegative(), last: z.int().nonnegative() }),
  episodes: z.int().positive(),
  methods: z.array(methodResultSchema).min(1),
  pairs: z.array(pairResultSchema),
  /** Task of each seed: the clusters of the bootstrap. */
  tasks: z.array(z.string()),
  outcomes: z.array(outcomesSchema),
})

export type SuiteComparison = z.infer<typeof suiteComparisonSchema>

/** What `specprune compare --json` prints: every number with what is needed to regenerate it. */
export const comparisonSchema = z.object({
  version: z.literal(COMPARISON_VERSION),
  kind: z.literal('comparison'),
  title: z.string().optional(),
  /** In the order of the command line; the first is the reference of the pairs. */
  methods: z.array(methodDescriptionSchema).min(1),
  suites: z.record(z.string(), suiteComparisonSchema),
  provenance: z.object({
    /** ISO 8601, when the file was written. */
    createdAt: z.string(),
    app: z.object({ version: z.string(), commit: z.string().optional() }),
    /** Commits of the code that played the episodes; more than one after a resumed run with changed code. */
    commits: z.array(z.string()),
    /** The command line that regenerates the file. */
    command: z.string(),
    model: z.object({ id: z.string(), weightsSha256: z.string() }),
    executeSteps: z.int().positive(),
    methodSeed: z.int(),
    /** Seeds of the dense episodes on whose observations agreement was measured. */
    agreementSeeds: z.object({ first: z.int().nonnegative(), last: z.int().nonnegative() }).optional(),
    bootstrap: z.object({ samples: z.int().positive(), seed: z.int() }),
    machine: z.object({
      /** What ran the policy. Several when shards ran on different machines. */
      devices: z.array(deviceSchema).min(1),
      processor: z.string(),
      cores: z.int().positive(),
      /** Absent when the episodes were played in a browser, which does not tell. */
      memoryBytes: z.int().positive().optional(),
      system: z.string(),
    }),
    /** Processes that played at once; with more than one, latencies include waiting for the processor. */
    workers: z.int().positive(),
    /** Episodes that were played by this call; the others came from the journal. */
    played: z.int().nonnegative(),
  }),
})

export type Comparison = z.infer<typeof comparisonSchema>

/**
 * Reads a comparison from parsed JSON.
 * @throws an Error that names the first field that is wrong, or the version if it is newer than this code
 */
export function parseComparison(json: unknown): Comparison {
  const version = z.object({ version: z.number() }).safeParse(json)
  if (version.success && version.data.version > COMPARISON_VERSION) {
    throw new Error(
      `This comparison has format version ${version.data.version}; this page reads up to ${COMPARISON_VERSION}. Reload the page to update it.`,
    )
  }
  const result = comparisonSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`Not a comparison: ${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}
