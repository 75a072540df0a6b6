import { useId, useRef } from 'react'
import { toCsv } from '../../core/report/csv.ts'
import { downloadFile } from '../../ui/download.ts'
import { COST_AXES, costTicks, paretoPoints, spacedLabels } from './paretoModel.ts'
import type { CostAxis, ParetoGroup, ParetoPoint } from './paretoModel.ts'
import type { ResultRow } from './resultsModel.ts'
import styles from './results.module.css'
import { standaloneSvg } from './standaloneSvg.ts'

const SIZE = { width: 640, height: 300, left: 44, right: 150, top: 12, bottom: 40 }
const SUCCESS_TICKS = [0, 20, 40, 60, 80, 100]

const GROUPS: Readonly<Record<ParetoGroup, { title: string; colour: string }>> = {
  dense: { title: 'dense', colour: 'var(--dense)' },
  specprune: { title: 'SpecPrune', colour: 'var(--pruned)' },
  control: { title: 'controls', colour: 'var(--color-text-muted)' },
  peer: { title: 'peers', colour: 'var(--color-accent)' },
}

interface ParetoPlotProps {
  rows: readonly ResultRow[]
  axis: CostAxis
  suite: string
  fileName: string
}

/** Success against cost with intervals; the methods that none beats are joined by a line. */
export function ParetoPlot({ rows, axis, suite, fileName }: ParetoPlotProps) {
  const svg = useRef<SVGSVGElement>(null)
  const titleId = useId()
  const points = paretoPoints(rows, axis)
  if (points.length === 0) return null
  const ticks = costTicks(Math.max(...points.map(({ cost }) => cost)))
  const right = SIZE.width - SIZE.right
  const bottom = SIZE.height - SIZE.bottom
  const x = (cost: number) => SIZE.left + (cost / ticks[ticks.length - 1]) * (right - SIZE.left)
  const y = (success: number) => bottom - (success / 100) * (bottom - SIZE.top)
  const front = points.filter(({ best }) => best)
  const saveTable = () => {
    const columns = ['method', COST_AXES[axis].title, 'success %', 'low %', 'high %', 'on the front']
    const cells = points.map(({ label, cost, success, low, high, best }) => [
      label,
      cost,
      success,
      low,
      high,
      best ? 1 : 0,
    ])
    downloadFile(`${fileName}-${suite}-${axis}.csv`, toCsv(columns, cells), 'text/csv')
  }
  const saveFigure = () => {
    if (svg.current) downloadFile(`${fileName}-${suite}-${axis}.svg`, standaloneSvg(svg.current), 'image/svg+xml')
  }
  const labelled = spacedLabels(front.map(({ label, cost, success }) => ({ label, x: x(cost), y: y(success) })))
  return (
    <figure className={styles.figure}>
      <svg
        ref={svg}
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        role="img"
        aria-labelledby={titleId}
        fontFamily="sans-serif"
        fontSize="10"
        data-testid="pareto"
      >
        <title
          id={titleId}
        >{`Success on ${suite} against ${COST_AXES[axis].title}; the table below has the numbers.`}</title>
        {SUCCESS_TICKS.map((tick) => (
          <g key={tick}>
            <line x1={SIZE.left} x2={right} y1={y(tick)} y2={y(tick)} stroke="var(--color-border)" />
            <text x={SIZE.left - 6} y={y(tick) + 3} textAnchor="end" fill="var(--color-text-muted)">
              {tick}
            </text>
          </g>
        ))}
        {ticks.map((tick) => (
          <text key={tick} x={x(tick)} y={bottom + 14} textAnchor="middle" fill="var(--color-text-muted)">
            {tick}
          </text>
        ))}
        <text x={(SIZE.left + right) / 2} y={SIZE.height - 8} textAnchor="middle" fill="var(--color-text)">
          {COST_AXES[axis].title}
        </text>
        <text
          transform={`translate(12 ${(SIZE.top + bottom) / 2}) rotate(-90)`}
          textAnchor="middle"
          fill="var(--color-text)"
        >
          Success, %
        </text>
        <polyline
          points={front.map(({ cost, success }) => `${x(cost)},${y(success)}`).join(' ')}
          fill="none"
          stroke="var(--color-border-strong)"
          strokeDasharray="4 3"
        />
        {points.map((point) => (
          <Mark key={point.label} point={point} x={x(point.cost)} y={y} labelled={labelled.has(point.label)} />
        ))}
        {Object.entries(GROUPS).map(([group, { title, colour }], i) => (
          <g key={group} transform={`translate(${right + 20} ${SIZE.top + 10 + 16 * i})`}>
            <Shape group={group as ParetoGroup} x={0} y={0} colour={colour} />
            <text x={10} y={3} fill="var(--color-text)">
              {title}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="muted">
        Bars: 95 % Wilson intervals. Dashed: methods that no other beats in both. Point at a mark for its name.
      </figcaption>
      <div className={styles.controls}>
        <button type="button" className="button" data-quiet onClick={saveFigure}>
          Figure as SVG
        </button>
        <button type="button" className="button" data-quiet onClick={saveTable}>
          Figure as CSV
        </button>
      </div>
    </figure>
  )
}

function Mark({
  point,
  x,
  y,
  labelled,
}: {
  point: ParetoPoint
  x: number
  y: (success: number) => number
  labelled: boolean
}) {
  const { colour } = GROUPS[point.group]
  return (
    <g>
      <title>{`${point.label}: ${point.success.toFixed(1)} % (${point.low.toFixed(1)} – ${point.high.toFixed(1)}) at ${point.cost.toFixed(1)}`}</title>
      <line x1={x} x2={x} y1={y(point.low)} y2={y(point.high)} stroke={colour} strokeOpacity={0.5} />
      <Shape group={point.group} x={x} y={y(point.success)} colour={colour} />
      {labelled && (
        <text x={x + 7} y={y(point.success) - 5} fill="var(--color-text)" fontSize="9">
          {point.label}
        </text>
      )}
    </g>
  )
}

/** Each group has a shape of its own, so that colour is not needed to tell them apart. */
function Shape({ group, x, y, colour }: { group: ParetoGroup; x: number; y: number; colour: string }) {
  switch (group) {
    case 'dense':
      return <rect x={x - 4} y={y - 4} width={8} height={8} fill={colour} />
    case 'specprune':
      return <circle cx={x} cy={y} r={4.5} fill={colour} />
    case 'control':
      return <path d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} stroke={colour} strokeWidth={2} fill="none" />
    case 'peer':
      return <path d={`M${x} ${y - 5}l5 9h-10z`} fill={colour} />
  }
}
