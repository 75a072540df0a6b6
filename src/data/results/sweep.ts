import { z } from 'zod'
import { deviceSchema, runRecordSchema } from '../../core/schema/runRecord.ts'
import { cellValues, countCells, MAX_CELLS } from '../../core/sweep/grid.ts'
import { readNamedJson } from './namedFile.ts'

/** Version of the sweep format that this code writes and reads. */
export const SWEEP_VERSION = 1

/** What the times of a sweep are; stands in every file. */
export const LATENCY_NOTE =
  'latencyMs is the median over the queries of one open-loop run. Nothing else was in the policy worker meanwhile, but ' +
  'the page was in use and cells were not interleaved: measure a setting against dense ("Measure here") before a claim.'

const { model, episode, method } = runRecordSchema.shape
const share = z.number().min(0).max(1)

const axisSchema = z.object({ name: z.string(), title: z.string(), values: z.array(z.number()).min(1) })

/** What a sweep does: everything that its cells share. */
export const sweepPlanSchema = z.object({
  id: z.string().min(1),
  /** ISO 8601, of the start. */
  createdAt: z.string(),
  app: z.object({ version: z.string(), commit: z.string().optional() }),
  model,
  episode: episode.unwrap(),
  /** The method as it stood at the start; the axes replace values of it. */
  method: method.extend({ title: z.string() }),
  axes: z
    .array(axisSchema)
    .min(1)
    .max(2)
    .refine((axes) => countCells(axes) <= MAX_CELLS, `a sweep has at most ${MAX_CELLS} cells`),
  /** Actions of a chunk that are executed before the next query. */
  executeSteps: z.int().positive(),
  seed: z.int(),
  /** Tokens that were kept or dropped by hand, or greyed (`formatForced`); empty: none. */
  forced: z.string(),
  /** What the policy read instead of the episode's own instruction; empty: the own. */
  instruction: z.string(),
  engine: z.enum(['auto', 'layered', 'fused']),
})

export type SweepPlan = z.infer<typeof sweepPlanSchema>

const measuresSchema = z.object({
  /** Mean absolute difference to the dense actions, action units. It is not task success. */
  l1: z.number().nonnegative(),
  distanceMm: z.number().nonnegative(),
  rotationDeg: z.number().nonnegative(),
  gripperAgreement: share,
  /** `distanceMm` of the layered engine that keeps all. */
  floorMm: z.number().nonnegative().optional(),
  /** Token-layers as a share of dense. */
  budget: z.number().nonnegative(),
  /** Multiply-accumulates of the layers as a share of dense. */
  macsShare: z.number().nonnegative(),
  latencyMs: z.number().nonnegative(),
  denseLatencyMs: z.number().nonnegative().optional(),
  queries: z.int().positive(),
  replans: z.int().nonnegative(),
})

const cellBase = {
  /** Place in the grid, the last axis fastest. */
  index: z.int().nonnegative(),
  /** The swept parameters. */
  values: z.record(z.string(), z.number()),
  /** ISO 8601. */
  measuredAt: z.string(),
  /** What the cell took, start to end. */
  elapsedMs: z.number().nonnegative(),
}

const cellSchema = z.discriminatedUnion('status', [
  z.object({ ...cellBase, status: z.literal('measured'), device: deviceSchema, measures: measuresSchema }),
  /** The method cannot run with these values. */
  z.object({ ...cellBase, status: z.literal('failed'), message: z.string() }),
])

/** A finished cell. */
export type SweepCell = z.infer<typeof cellSchema>
export type MeasuredCell = Extract<SweepCell, { status: 'measured' }>

/** A file of one sweep, complete or not. */
export const sweepFileSchema = z
  .object({
    version: z.literal(SWEEP_VERSION),
    kind: z.literal('sweep'),
    /** True while cells of the grid are missing. */
    partial: z.boolean(),
    total: z.int().positive(),
    done: z.int().nonnegative(),
    plan: sweepPlanSchema,
    cells: z.array(cellSchema),
    notes: z.array(z.string()),
    provenance: z.object({
      /** ISO 8601, when the file was written. */
      createdAt: z.string(),
      app: z.object({ version: z.string(), commit: z.string().optional() }),
      machine: z.object({ cores: z.int().positive(), processor: z.string(), system: z.string() }),
    }),
  })
  .superRefine(({ partial, total, done, plan, cells }, context) => {
    const say = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (total !== countCells(plan.axes)) say(['total'], 'does not fit the axes')
    if (done !== cells.length) say(['done'], 'is not the number of cells')
    if (partial !== cells.length < total) say(['partial'], `is ${partial} with ${cells.length} of ${total} cells`)
    cells.forEach((cell, i) => {
      if (cell.index >= total) say(['cells', i, 'index'], 'lies outside the grid')
      if (cells.findIndex(({ index }) => index === cell.index) !== i) say(['cells', i, 'index'], 'is there twice')
      const expected = cellValues(plan.axes, cell.index)
      const fits = Object.entries(expected).every(([name, value]) => cell.values[name] === value)
      if (!fits) say(['cells', i, 'values'], 'are not those of this place in the grid')
    })
  })

export type SweepFile = z.infer<typeof sweepFileSchema>

/** The file of what a sweep has measured so far. */
export function sweepFile(
  plan: SweepPlan,
  cells: readonly SweepCell[],
  provenance: SweepFile['provenance'],
): SweepFile {
  const total = countCells(plan.axes)
  const sorted = [...cells].sort((a, b) => a.index - b.index)
  return {
    version: SWEEP_VERSION,
    kind: 'sweep',
    partial: cells.length < total,
    total,
    done: cells.length,
    plan,
    cells: sorted,
    notes: [LATENCY_NOTE, 'Open-loop agreement (l1, distanceMm) is not task success.'],
    provenance,
  }
}

/**
 * Reads a sweep from parsed JSON.
 * @throws an Error that names the first field that is wrong, or the version if it is newer than this code
 */
export function parseSweep(json: unknown): SweepFile {
  const version = z.object({ version: z.number() }).safeParse(json)
  if (version.success && version.data.version > SWEEP_VERSION) {
    throw new Error(
      `This sweep has format version ${version.data.version}; this page reads up to ${SWEEP_VERSION}. Reload the page to update it.`,
    )
  }
  const result = sweepFileSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`Not a sweep: ${issue.path.join('.') || 'the file'}: ${issue.message}.`)
}

/**
 * Reads the file of a sweep.
 * @throws an Error that begins with the file's name and says what is wrong
 */
export function readSweep(fileName: string, text: string): SweepFile {
  return readNamedJson(fileName, text, parseSweep)
}

/** What a page keeps of a sweep between visits. */
export interface KeptSweep {
  plan: SweepPlan
  /** Ended by the reader: it is shown, and does not go on. */
  aborted: boolean
  cells: readonly SweepCell[]
}

/**
 * Checks what was kept: another version of the page may have written it.
 * @returns undefined if it cannot be used
 */
export function readKept(kept: { plan: unknown; aborted: boolean; cells: readonly unknown[] }): KeptSweep | undefined {
  const plan = sweepPlanSchema.safeParse(kept.plan)
  const cells = z.array(cellSchema).safeParse(kept.cells)
  if (!plan.success || !cells.success) return undefined
  return { plan: plan.data, aborted: kept.aborted, cells: cells.data }
}
