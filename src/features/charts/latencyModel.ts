import { summariseLatency } from '../../core/metrics/latency.ts'
import type { LatencySummary } from '../../core/metrics/latency.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import type { TableRow } from './DataTable.tsx'
import { formatMs } from './format.ts'
import { axisTicks } from '../../ui/axisTicks.ts'

export interface LatencyPoint {
  step: number
  prunedMs: number
  denseMs: number | undefined
  /** Kept everything for lack of history. */
  warmUp: boolean
  stages: readonly StageTime[]
}

export interface StageTime {
  title: string
  ms: number
}

export interface LatencyModel {
  points: readonly LatencyPoint[]
  pruned: LatencySummary
  dense: LatencySummary | undefined
  /** p50 of dense over p50 of pruned, over the queries that have both. */
  speedUp: number | undefined
  ticks: readonly number[]
  /** Samples above the last tick: drawn at the top edge, and counted in words. */
  clipped: { count: number; maxMs: number } | undefined
}

/** An outlier this many times above p95 is clipped, or it would press all others onto the axis. */
const CLIP_FACTOR = 2.5

const STAGE_TITLES = [
  ['observe', 'Observation to tensors'],
  ['select', 'Selector'],
  ['embed', 'Embedding'],
  ['layers', 'Layers'],
  ['head', 'Action head'],
] as const satisfies readonly (readonly [keyof QueryRecord['stagesMs'], string])[]

/** What the latency chart draws; undefined while the run has no query. */
export function createLatencyModel(run: RunRecord): LatencyModel | undefined {
  const points = run.queries.map(toPoint)
  const pruned = summariseLatency(points.map(({ prunedMs }) => prunedMs))
  if (!pruned) return undefined
  const paired = points.filter(({ denseMs }) => denseMs !== undefined)
  const dense = summariseLatency(paired.map(({ denseMs }) => denseMs as number))
  const pairedPruned = summariseLatency(paired.map(({ prunedMs }) => prunedMs))
  return {
    points,
    pruned,
    dense,
    speedUp: dense && pairedPruned && pairedPruned.p50Ms > 0 ? dense.p50Ms / pairedPruned.p50Ms : undefined,
    ...scale(points, Math.max(pruned.p95Ms, dense?.p95Ms ?? 0)),
  }
}

function toPoint(query: QueryRecord): LatencyPoint {
  const stages = STAGE_TITLES.map(([key, title]) => ({ title, ms: query.stagesMs[key] }))
  const rest = query.latencyMs - stages.reduce((sum, { ms }) => sum + ms, 0)
  return {
    step: query.step,
    prunedMs: query.latencyMs,
    denseMs: query.denseLatencyMs,
    warmUp: query.notes.warmUp ?? false,
    stages: [...stages, { title: 'Between stages', ms: Math.max(0, rest) }],
  }
}

function scale(points: readonly LatencyPoint[], p95: number): Pick<LatencyModel, 'ticks' | 'clipped'> {
  const all = points.flatMap(({ prunedMs, denseMs }) => (denseMs === undefined ? [prunedMs] : [prunedMs, denseMs]))
  const maxMs = all.reduce((max, ms) => Math.max(max, ms), 0)
  const ceiling = p95 * CLIP_FACTOR
  if (maxMs <= ceiling) return { ticks: axisTicks(maxMs), clipped: undefined }
  const ticks = axisTicks(p95 * 1.25)
  const top = ticks[ticks.length - 1]
  return { ticks, clipped: { count: all.filter((ms) => ms > top).length, maxMs } }
}

/** `p50 8.25 ms, p95 9.90 ms, n 120`. */
function describeSummary({ count, p50Ms, p95Ms }: LatencySummary): string {
  return `p50 ${formatMs(p50Ms)} ms, p95 ${formatMs(p95Ms)} ms, n ${count}`
}

/** One sentence with the chart's message. */
export function describeLatency({ pruned, dense }: LatencyModel): string {
  const densePart = dense ? ` Dense: ${describeSummary(dense)}.` : ''
  return `Latency per query. Pruned: ${describeSummary(pruned)}.${densePart}`
}

/** Rows of the table twin. */
export function latencyRows({ points }: LatencyModel): TableRow[] {
  return points.map(({ step, prunedMs, denseMs, stages }) => ({
    key: step,
    frame: step,
    cells: [
      formatMs(prunedMs),
      denseMs === undefined ? '–' : formatMs(denseMs),
      ...stages.map(({ ms }) => formatMs(ms)),
    ],
  }))
}

/** Headings of {@link latencyRows}, after the frame's. */
export const LATENCY_COLUMNS = [
  'Pruned (ms)',
  'Dense (ms)',
  ...STAGE_TITLES.map(([, title]) => `${title} (ms)`),
  'Between stages (ms)',
] as const
