import { cellValues } from '../../core/sweep/grid.ts'
import type { SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import type { SweepColumn } from './resultModel.ts'

/** A measured cell as a point of the plot. */
export interface CellPoint {
  index: number
  /** Token-layers as a share of dense. */
  budget: number
  distanceMm: number
  /** Its place in the grid, in words. */
  title: string
}

/** The measured cells, cheapest first. */
export function cellPoints(plan: SweepPlan, cells: readonly SweepCell[]): CellPoint[] {
  return cells
    .flatMap((cell) => {
      if (cell.status === 'failed') return []
      const { budget, distanceMm } = cell.measures
      return [{ index: cell.index, budget, distanceMm, title: describeValues(plan, cell) }]
    })
    .sort((a, b) => a.budget - b.budget)
}

/** A cell's values in words, for example "Keep 0.25, Layer 2". */
export function describeValues({ axes }: SweepPlan, { values }: Pick<SweepCell, 'values'>): string {
  return axes.map(({ name, title }) => `${title} ${values[name]}`).join(', ')
}

/** One place of the grid, measured or not. */
export interface GridPlace {
  index: number
  /** What the column says of it; a dash where nothing was measured. */
  text: string
  /** Its value as a share of the largest, 0 ... 1; undefined without a value. */
  share: number | undefined
}

/** The grid of one measure: a row for each value of the first axis, a column for each of the second, or only one. */
export interface CellGrid {
  rows: readonly { value: number; places: readonly GridPlace[] }[]
  /** Values of the second axis; empty without one. */
  columns: readonly number[]
}

/** Every place of a sweep's grid with what a column says of it. */
export function cellGrid({ axes }: SweepPlan, cells: readonly SweepCell[], column: SweepColumn): CellGrid {
  const byIndex = new Map(cells.map((cell) => [cell.index, cell]))
  const largest = Math.max(0, ...cells.map((cell) => column.value(cell) ?? 0))
  const columns = axes.at(1)?.values ?? []
  const width = Math.max(1, columns.length)
  const rows = axes[0].values.map((_, row) => {
    const places = Array.from({ length: width }, (__, i): GridPlace => {
      const index = row * width + i
      const cell = byIndex.get(index)
      const value = cell && column.value(cell)
      const share = value === undefined || largest === 0 ? undefined : value / largest
      return { index, text: cell ? column.text(cell) : '–', share }
    })
    return { value: cellValues(axes, row * width)[axes[0].name], places }
  })
  return { rows, columns }
}
