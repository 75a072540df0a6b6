import { z } from 'zod'
import { deviceSchema } from '../../core/schema/runRecord.ts'

/** Version of the format of attention measurements that this code writes and reads. */
export const ATTENTION_VERSION = 1

const shareSchema = z.object({
  /**
   * `hit`: of the best `top` tokens of the layers, the share among the best `of` of the last layer. `coverage`: of the best
   * `top` tokens of a query, the share among the best `of` of the previous query, in the same layer.
   */
  measure: z.enum(['hit', 'coverage']),
  rows: z.enum(['text', 'action']),
  /** More than one: the union of their best tokens. */
  layers: z.array(z.int().positive()),
  top: z.int().positive(),
  of: z.int().positive(),
  /** Queries, or pairs of successive queries. */
  count: z.int().positive(),
  /** Mean over all of them. */
  mean: z.number(),
  /** Bootstrap over episodes. */
  bootstrap95: z.tuple([z.number(), z.number()]),
  /** What tokens drawn at random would give. */
  chance: z.number(),
})

/** What the dense policy attends to, over its own episodes: the measurements that motivate SpecPrune. */
export const attentionFileSchema = z.object({
  version: z.literal(ATTENTION_VERSION),
  kind: z.literal('attention'),
  title: z.string(),
  suites: z.record(
    z.string(),
    z.object({
      seeds: z.object({ first: z.int().nonnegative(), last: z.int().nonnegative() }),
      horizonSteps: z.int().positive(),
      shares: z.array(shareSchema),
    }),
  ),
  provenance: z.object({
    /** ISO 8601. */
    createdAt: z.string(),
    app: z.object({ version: z.string(), commit: z.string().optional() }),
    command: z.string(),
    model: z.object({ id: z.string(), weightsSha256: z.string(), layers: z.int(), visualTokens: z.int() }),
    executeSteps: z.int().positive(),
    devices: z.array(deviceSchema),
  }),
})

export type AttentionFile = z.infer<typeof attentionFileSchema>
export type AttentionShareResult = z.infer<typeof shareSchema>
