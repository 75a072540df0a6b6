import { z } from 'zod'

/** What grows along an axis, in the order of the figures. */
export const AXES = ['visualTokens', 'layers', 'width'] as const
export type Axis = (typeof AXES)[number]

/** Ways to run a model that are compared. */
export const ENGINES = ['dense', 'keep-all', 'pruned', 'fused'] as const
export type GrowthEngine = (typeof ENGINES)[number]

/** `growth.json` of the folder that `specprune_train.make_growth` writes. */
export const growthIndexSchema = z.object({
  version: z.literal(1),
  axes: z.record(z.enum(AXES), z.array(z.object({ value: z.int().positive(), folder: z.string() }))),
})
export type GrowthIndex = z.infer<typeof growthIndexSchema>

/** One engine on one model. */
export interface EngineGrowth {
  engine: GrowthEngine
  /** Milliseconds, everything between observation and action. */
  p50Ms: number
  p95Ms: number
  samplesMs: number[]
  /** Multiply-accumulates of a query, from the tokens that took part. */
  macs: number
  /** Visual tokens averaged over layers, as a share of all. */
  budget: number
  /** Dense over this, ratio of medians with its 95 % interval over rounds. */
  speedUp: { estimate: number; low: number; high: number }
  /** Peak of a process that runs nothing else, above what it held before the sessions were made. */
  memoryBytes?: number
}

/** One model. */
export interface ModelGrowth {
  folder: string
  visualTokens: number
  layers: number
  width: number
  parameters: number
  engines: EngineGrowth[]
}

/** What `growth.ts` writes. */
export interface GrowthResult {
  version: 1
  date: string
  method: string
  rounds: number
  axes: Record<Axis, { value: number; folder: string }[]>
  models: ModelGrowth[]
  machine: {
    backend: string
    threads: number
    processor: string
    cores: number
    agent: string
    loadBefore: number
    busy: boolean
  }
  app: { version: string; commit?: string }
  command: string
}

/** The models of an axis with what was measured, in order. */
export function modelsAlong(result: GrowthResult, axis: Axis): { value: number; model: ModelGrowth }[] {
  return result.axes[axis].flatMap(({ value, folder }) => {
    const model = result.models.find((each) => each.folder === folder)
    return model ? [{ value, model }] : []
  })
}

/** One engine of a model, if it was measured. */
export function engineOf(model: ModelGrowth, engine: GrowthEngine): EngineGrowth | undefined {
  return model.engines.find((each) => each.engine === engine)
}
