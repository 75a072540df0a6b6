import type { ResultRow } from './resultsModel.ts'

/** What stands on the horizontal axis. */
export const COST_AXES = {
  macs: { title: 'MACs, % of dense', cost: ({ result }: ResultRow) => 100 * result.macsRatio },
  latency: { title: 'Latency p50, ms', cost: ({ result }: ResultRow) => result.latencyMs.p50 },
  tokens: { title: 'Token-layers, % of dense', cost: ({ result }: ResultRow) => 100 * result.budget },
} as const

export type CostAxis = keyof typeof COST_AXES

/** Groups of methods; each has a colour and a shape. */
export type ParetoGroup = 'dense' | 'specprune' | 'control' | 'peer'

/** A method in the plot; success in per cent. */
export interface ParetoPoint {
  label: string
  group: ParetoGroup
  cost: number
  success: number
  low: number
  high: number
  /** No other method is at least as good and as cheap, and better in one of them. */
  best: boolean
}

const CONTROLS = new Set(['random', 'stride', 'stratified', 'oracle-relevance', 'oracle-attention'])

function groupOf(methodId: string): ParetoGroup {
  if (methodId === 'dense' || methodId === 'specprune') return methodId
  return CONTROLS.has(methodId) ? 'control' : 'peer'
}

/** The points of one suite, cheapest first. */
export function paretoPoints(rows: readonly ResultRow[], axis: CostAxis): ParetoPoint[] {
  const { cost } = COST_AXES[axis]
  const points = rows.map((row) => ({
    label: row.method.label,
    group: groupOf(row.method.id),
    cost: cost(row),
    success: 100 * row.result.successRate,
    low: 100 * row.result.wilson95[0],
    high: 100 * row.result.wilson95[1],
  }))
  const beats = (a: (typeof points)[number], b: (typeof points)[number]) =>
    a.cost <= b.cost && a.success >= b.success && (a.cost < b.cost || a.success > b.success)
  return points
    .map((point) => ({ ...point, best: !points.some((other) => beats(other, point)) }))
    .sort((a, b) => a.cost - b.cost || b.success - a.success)
}

/** A text that wants to stand to the upper right of its point, in the plot's units. */
export interface PlotLabel {
  label: string
  x: number
  y: number
}

/** Room that a label of 9 units needs around it. */
const LABEL_ROOM = { width: 150, height: 11 }

/** Those labels that can stand without touching an earlier one; the others have their point's tooltip and the table. */
export function spacedLabels(labels: readonly PlotLabel[]): Set<string> {
  const placed: PlotLabel[] = []
  for (const label of labels) {
    const touches = ({ x, y }: PlotLabel) =>
      Math.abs(x - label.x) < LABEL_ROOM.width && Math.abs(y - label.y) < LABEL_ROOM.height
    if (!placed.some(touches)) placed.push(label)
  }
  return new Set(placed.map(({ label }) => label))
}

/** Round numbers from 0 to at least `max`, about `count` of them. */
export function costTicks(max: number, count = 5): number[] {
  const rough = Math.max(max, 1e-9) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power
  return Array.from({ length: Math.ceil(max / step - 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(6)))
}
