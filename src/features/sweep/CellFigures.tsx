import { useState } from 'react'
import type { SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { axisTicks } from '../../ui/axisTicks.ts'
import { cellGrid, cellPoints } from './plotModel.ts'
import type { CellPoint } from './plotModel.ts'
import { sweepColumns } from './resultModel.ts'
import styles from './sweep.module.css'

interface CellFiguresProps {
  plan: SweepPlan
  cells: readonly SweepCell[]
}

/** The grid of a sweep, one measure at a time, and its cells as cost against agreement. */
export function CellFigures({ plan, cells }: CellFiguresProps) {
  const points = cellPoints(plan, cells)
  if (cells.length === 0) return null
  return (
    <div className={styles.figures}>
      <Grid plan={plan} cells={cells} />
      {points.length > 0 && <Plot points={points} />}
    </div>
  )
}

function Grid({ plan, cells }: CellFiguresProps) {
  const measures = sweepColumns(plan).slice(plan.axes.length)
  const [chosen, choose] = useState('distance')
  const measure = measures.find(({ id }) => id === chosen) ?? measures[0]
  const { rows, columns } = cellGrid(plan, cells, measure)
  const [first, second] = plan.axes
  return (
    <div className={styles.grid}>
      <label>
        Grid of{' '}
        <select value={measure.id} onChange={({ target }) => choose(target.value)} data-testid="sweep-measure">
          {measures.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <table className={styles.table} data-testid="sweep-grid">
        <caption>
          Down: {first.title}
          {columns.length > 0 && `. Across: ${second.title}`}. The bar is the share of the largest.
        </caption>
        <thead>
          <tr>
            <th scope="col">{first.title}</th>
            {columns.map((value) => (
              <th key={value} scope="col">
                {value}
              </th>
            ))}
            {columns.length === 0 && <th scope="col">{measure.title}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, places }) => (
            <tr key={value}>
              <th scope="row">{value}</th>
              {places.map(({ index, text, share }) => (
                <td key={index}>
                  {text}
                  <i className={styles.bar} style={{ width: `${100 * (share ?? 0)}%` }} aria-hidden="true" />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const SIZE = { width: 420, height: 240, left: 48, right: 14, top: 10, bottom: 36 }
const SHARE_TICKS = [0, 0.25, 0.5, 0.75, 1]

function Plot({ points }: { points: readonly CellPoint[] }) {
  const ticks = axisTicks(Math.max(...points.map(({ distanceMm }) => distanceMm)))
  const right = SIZE.width - SIZE.right
  const bottom = SIZE.height - SIZE.bottom
  const x = (budget: number) => SIZE.left + Math.min(1, budget) * (right - SIZE.left)
  const y = (distance: number) => bottom - (distance / ticks[ticks.length - 1]) * (bottom - SIZE.top)
  const label = `Distance to the dense actions against token-layers, ${points.length} cells; the table has the numbers.`
  return (
    <svg
      className={styles.plot}
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      role="img"
      aria-label={label}
      data-testid="sweep-plot"
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={SIZE.left} x2={right} y1={y(tick)} y2={y(tick)} className={styles.gridLine} />
          <text x={SIZE.left - 6} y={y(tick) + 3} textAnchor="end" className={styles.tick}>
            {tick}
          </text>
        </g>
      ))}
      {SHARE_TICKS.map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 14} textAnchor="middle" className={styles.tick}>
          {100 * tick} %
        </text>
      ))}
      <text x={(SIZE.left + right) / 2} y={SIZE.height - 6} textAnchor="middle" className={styles.tick}>
        Token-layers, share of dense
      </text>
      <text
        transform={`translate(12 ${(SIZE.top + bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
        className={styles.tick}
      >
        Distance, mm
      </text>
      {points.map(({ index, budget, distanceMm, title }) => (
        <circle key={index} cx={x(budget)} cy={y(distanceMm)} r={4.5} className={styles.point}>
          <title>{`${title}: ${distanceMm.toFixed(3)} mm at ${(100 * budget).toFixed(1)} % of the token-layers`}</title>
        </circle>
      ))}
    </svg>
  )
}
