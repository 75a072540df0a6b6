import { z } from 'zod'
import type { Method } from '../../src/core/pruning/registry.ts'
import type { NodeBackend } from '../../src/runtime/node/nodePolicy.ts'
import type { SuiteId } from '../../src/simulation/tasks.ts'

/** What every process that plays units needs to know; plain data. */
export interface UnitSettings {
  modelDirectory: string
  threads: number
  /** What runs the policy; absent: native code. */
  backend?: NodeBackend
  executeSteps: number
  /** Control steps after which an episode has failed; absent: each suite's own. */
  horizonSteps?: number
  /** Seed of the methods' own randomness. */
  methodSeed: number
}

/** The smallest piece of work: one method on one seed of a suite. */
export interface Unit {
  /**
   * `episode`: closed loop. `agreement`: open loop on the observations of the dense policy's episode. `attention`: what
   * the dense policy attends to in its episode.
   */
  kind: 'episode' | 'agreement' | 'attention'
  suite: SuiteId
  seed: number
  method: Method
  /** Settings of the method in one unambiguous text (`methodKey`). */
  methodKey: string
}

/** Name of a unit: equal for the same work. */
export function unitKey({ kind, suite, seed, methodKey }: Omit<Unit, 'method' | 'suite'> & { suite: string }): string {
  return `${kind}|${suite}|${seed}|${methodKey}`
}

const identity = {
  suite: z.string(),
  seed: z.int().nonnegative(),
  methodKey: z.string(),
  /** Wall time of the whole unit, simulator included, ms. */
  wallMs: z.number(),
}

const episodeUnitSchema = z.object({
  kind: z.literal('episode'),
  ...identity,
  /** Which of the suite's tasks: the cluster that its pair belongs to. */
  task: z.string(),
  success: z.boolean(),
  failure: z.string().optional(),
  steps: z.int().nonnegative(),
  replans: z.int().nonnegative(),
  /** One entry per query. */
  latenciesMs: z.array(z.number()),
  /** Means over the queries. */
  budget: z.number(),
  keptTokens: z.number(),
  macs: z.number(),
  denseMacs: z.number(),
  /** Sums over the queries that showed a relevant patch, and their number. */
  recall: z.object({
    queries: z.int().nonnegative(),
    lastLayer: z.number(),
    layers: z.number(),
    targetQueries: z.int().nonnegative(),
    targetLastLayer: z.number(),
  }),
  /** Dense passes outside the timed path: how many, and sums over them. */
  offPath: z.object({ passes: z.int().positive(), latencyMs: z.number(), macs: z.number() }).optional(),
})

const agreementUnitSchema = z.object({
  kind: z.literal('agreement'),
  ...identity,
  /** Queries on the dense policy's observations, and the executed steps that were compared. */
  queries: z.int().positive(),
  steps: z.int().positive(),
  /** Means over the compared steps. */
  l1: z.number(),
  translationMm: z.number(),
  rotationDeg: z.number(),
  gripperAgreement: z.number(),
})

const attentionUnitSchema = z.object({
  kind: z.literal('attention'),
  ...identity,
  shares: z.array(
    z.object({
      measure: z.enum(['hit', 'coverage']),
      rows: z.enum(['text', 'action']),
      layers: z.array(z.int()),
      top: z.int(),
      of: z.int(),
      count: z.int(),
      sum: z.number(),
    }),
  ),
})

/** What a unit gave; a line of a journal. */
export const unitResultSchema = z.discriminatedUnion('kind', [
  episodeUnitSchema,
  agreementUnitSchema,
  attentionUnitSchema,
])

export type EpisodeUnit = z.infer<typeof episodeUnitSchema>
export type AgreementUnit = z.infer<typeof agreementUnitSchema>
export type AttentionUnit = z.infer<typeof attentionUnitSchema>
export type UnitResult = z.infer<typeof unitResultSchema>
