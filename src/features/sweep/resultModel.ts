import type { MeasuredCell, SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { formatShare } from '../../ui/format.ts'

/** Which column the table is sorted by. */
export interface SweepSorting {
  column: string
  descending: boolean
}

/** A column of the table of cells. */
export interface SweepColumn {
  id: string
  /** Heading with the unit. */
  title: string
  help: string
  /** What the column sorts by; undefined where the cell has none. */
  value(cell: SweepCell): number | undefined
  text(cell: SweepCell): string
}

type Measures = MeasuredCell['measures']

/** The columns of a plan: its axes, then what was measured. */
export function sweepColumns({ axes }: SweepPlan): SweepColumn[] {
  const swept = axes.map(({ name, title }): SweepColumn => {
    const value = ({ values }: SweepCell) => values[name]
    return {
      id: `axis-${name}`,
      title,
      help: `The method's parameter ${name}`,
      value,
      text: (cell) => String(value(cell)),
    }
  })
  const share = (x: number) => formatShare(x, 1)
  return [
    ...swept,
    measured(
      'l1',
      'L1 to dense',
      'Mean absolute difference to the dense actions, action units',
      ({ l1 }) => l1,
      (x) => x.toFixed(4),
    ),
    measured(
      'distance',
      'Distance (mm)',
      'Mean distance of the translations',
      ({ distanceMm }) => distanceMm,
      (x) => x.toFixed(3),
    ),
    measured('budget', 'Token-layers', 'Visual tokens over all layers, share of dense', ({ budget }) => budget, share),
    measured('macs', 'MACs', 'Multiply-accumulates of the layers, share of dense', ({ macsShare }) => macsShare, share),
    measured(
      'latency',
      'Latency p50 (ms)',
      'Median over the queries of this cell, alone in the policy worker; not interleaved with dense',
      ({ latencyMs }) => latencyMs,
      (x) => x.toFixed(2),
    ),
    measured('queries', 'Queries', 'Queries over the episode', ({ queries }) => queries, String),
  ]
}

function measured(
  id: string,
  title: string,
  help: string,
  of: (measures: Measures) => number,
  format: (value: number) => string,
): SweepColumn {
  const value = (cell: SweepCell) => (cell.status === 'measured' ? of(cell.measures) : undefined)
  return {
    id,
    title,
    help,
    value,
    text: (cell) => {
      const number = value(cell)
      return number === undefined ? '–' : format(number)
    },
  }
}

/** Cells in the order of a column; without one, in the order of the grid. Cells without a value come last. */
export function sortCells(
  cells: readonly SweepCell[],
  columns: readonly SweepColumn[],
  sorting: SweepSorting | undefined,
): SweepCell[] {
  const column = columns.find(({ id }) => id === sorting?.column)
  const byPlace = [...cells].sort((a, b) => a.index - b.index)
  if (!column) return byPlace
  const sign = sorting?.descending ? -1 : 1
  return byPlace.sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    return sign * (x - y)
  })
}

/** The sorting after a click on a heading: up, down, none. */
export function nextSorting(sorting: SweepSorting | undefined, column: string): SweepSorting | undefined {
  if (sorting?.column !== column) return { column, descending: false }
  return sorting.descending ? undefined : { column, descending: true }
}

/** The cells as a table of numbers, not rounded, for a file; times are called what they are. */
export function csvTable(
  plan: SweepPlan,
  cells: readonly SweepCell[],
): { columns: string[]; rows: (string | number | undefined)[][] } {
  const names = plan.axes.map(({ name }) => name)
  const columns = [...names, 'l1', 'distance mm', 'gripper agreement', 'token-layers', 'MACs share']
  columns.push(
    'latency p50 ms (alone in the worker)',
    'dense p50 ms (not interleaved)',
    'queries',
    'backend',
    'problem',
  )
  const rows = cells.map((cell) => {
    const swept = names.map((name) => cell.values[name])
    if (cell.status === 'failed')
      return [...swept, ...new Array<undefined>(columns.length - swept.length - 1), cell.message]
    const { l1, distanceMm, gripperAgreement, budget, macsShare, latencyMs, denseLatencyMs, queries } = cell.measures
    const agreement = [l1, distanceMm, gripperAgreement, budget, macsShare]
    return [...swept, ...agreement, latencyMs, denseLatencyMs, queries, cell.device.backend, undefined]
  })
  return { columns, rows }
}
