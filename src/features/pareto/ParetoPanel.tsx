import { useMemo, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { settingsKey } from '../../stores/settings.ts'
import { useTriedStore } from '../../stores/triedStore.ts'
import { formatMs, formatShare } from '../../ui/format.ts'
import { TableTwin } from '../../ui/TableTwin.tsx'
import styles from './pareto.module.css'
import { axisEnd, frontierOf, paretoPoints, valueOf } from './paretoModel.ts'
import type { ParetoAxis, ParetoPoint } from './paretoModel.ts'

const AXES: readonly { id: ParetoAxis; title: string }[] = [
  { id: 'budget', title: 'Token budget' },
  { id: 'latency', title: 'Latency' },
]

const COLUMNS = [
  'No.',
  'Setting',
  'Changed',
  'Budget',
  'Latency p50 (ms)',
  'Dense p50 (ms)',
  'Distance (mm)',
  'Gripper agrees',
  'Queries',
  'Origin',
] as const

/** Everything that was tried over the open episode in this visit: cost against agreement, with the frontier. */
export function ParetoPanel() {
  const [axis, setAxis] = useState<ParetoAxis>('budget')
  const points = usePoints(axis)
  const current = settingsKey(methodSettings(useMethodStore()))
  const restore = (point: ParetoPoint) => useMethodStore.getState().apply(point.tried.settings)
  return (
    <section className={styles.panel} aria-label="Everything tried" data-testid="pareto">
      <header className={styles.header}>
        <p>
          Every setting that ran over this episode in this visit. Left and low is better. A click brings a setting back.
        </p>
        <div className={styles.axes} role="group" aria-label="Horizontal axis">
          {AXES.map(({ id, title }) => (
            <button key={id} type="button" aria-pressed={axis === id} onClick={() => setAxis(id)}>
              {title}
            </button>
          ))}
        </div>
      </header>
      {points.length === 0 ? (
        <p className="muted">
          No run over this episode was compared with the dense policy yet. Let a run end, then move a slider.
        </p>
      ) : (
        <Plot points={points} axis={axis} current={current} onChoose={restore} />
      )}
      <p className="muted">
        Distance: mean of the pruned to the dense translation over the executed steps. Open-loop agreement is not task
        success.
        {axis === 'latency' && ' Only runs on this backend are shown; latencies of a busy machine mean little.'}
      </p>
      <TableTwin
        caption="Everything tried over this episode"
        columns={COLUMNS}
        fileName="tried-settings"
        readRows={() =>
          points.map((point) => ({
            key: point.tried.number,
            cells: cellsOf(point),
            current: point.tried.settingsKey === current,
            action: (
              <button type="button" className="button" data-quiet onClick={() => restore(point)}>
                Use {point.tried.number}
              </button>
            ),
          }))
        }
      />
    </section>
  )
}

/** Runs of the open episode and model; for latency only those of one backend, because others do not compare. */
function usePoints(axis: ParetoAxis): ParetoPoint[] {
  const runs = useTriedStore((state) => state.runs)
  const load = useEpisodeStore((state) => state.load)
  const model = useModelStore((state) => (state.load.status === 'ready' ? state.load.model : undefined))
  return useMemo(() => {
    const episodeKey = load.status === 'ready' ? load.frames.key : undefined
    const sha = model?.manifest.weights.sha256
    const here = runs.filter(
      ({ run, ...tried }) => tried.episodeKey === episodeKey && (sha === undefined || run.model.weightsSha256 === sha),
    )
    const backend = here.at(-1)?.run.device.backend
    return paretoPoints(axis === 'latency' ? here.filter(({ run }) => run.device.backend === backend) : here, axis)
  }, [runs, load, model, axis])
}

function cellsOf(point: ParetoPoint): (string | number | undefined)[] {
  const { tried, title, changes, budget, latencyMs, denseLatencyMs, distanceMm, gripperAgreement, queries } = point
  return [
    tried.number,
    title,
    changes || 'as the preset',
    formatShare(budget, 1),
    latencyMs.toFixed(2),
    denseLatencyMs?.toFixed(2),
    distanceMm.toFixed(3),
    formatShare(gripperAgreement, 1),
    queries,
    `${tried.origin}, ${tried.run.device.backend}`,
  ]
}

const WIDTH = 640
const HEIGHT = 260
const LEFT = 52
const BOTTOM = 34
const TOP = 10
const RIGHT = 16

interface PlotProps {
  points: readonly ParetoPoint[]
  axis: ParetoAxis
  current: string
  onChoose(point: ParetoPoint): void
}

function Plot({ points, axis, current, onChoose }: PlotProps) {
  const xEnd = axis === 'budget' ? 1 : axisEnd(Math.max(...points.map((point) => valueOf(point, axis))))
  const yEnd = axisEnd(Math.max(...points.map(({ distanceMm }) => distanceMm)))
  const x = (value: number) => LEFT + (value / xEnd) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => HEIGHT - BOTTOM - (value / yEnd) * (HEIGHT - BOTTOM - TOP)
  const frontier = frontierOf(points, axis)
  const line = frontier.map((point) => `${x(valueOf(point, axis))},${y(point.distanceMm)}`).join(' ')
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  return (
    <svg className={styles.plot} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label="Cost against agreement">
      {ticks.map((tick) => (
        <g key={tick} className={styles.grid}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick * yEnd)} y2={y(tick * yEnd)} />
          <text x={LEFT - 6} y={y(tick * yEnd) + 4} textAnchor="end">
            {Number((tick * yEnd).toPrecision(3))}
          </text>
          <text x={x(tick * xEnd)} y={HEIGHT - BOTTOM + 16} textAnchor="middle">
            {axis === 'budget' ? formatShare(tick) : Number((tick * xEnd).toPrecision(3))}
          </text>
        </g>
      ))}
      <text className={styles.axisTitle} x={WIDTH - RIGHT} y={HEIGHT - 4} textAnchor="end">
        {axis === 'budget' ? 'token budget, share of dense' : 'latency per query, median, ms'}
      </text>
      <text className={styles.axisTitle} x={LEFT + 6} y={TOP + 10}>
        distance to the dense actions, mm
      </text>
      <polyline className={styles.frontier} points={line} />
      {points.map((point) => (
        <Point
          key={point.tried.number}
          point={point}
          x={x(valueOf(point, axis))}
          y={y(point.distanceMm)}
          here={point.tried.settingsKey === current}
          onChoose={onChoose}
        />
      ))}
    </svg>
  )
}

interface PointProps {
  point: ParetoPoint
  x: number
  y: number
  here: boolean
  onChoose(point: ParetoPoint): void
}

function Point({ point, x, y, here, onChoose }: PointProps) {
  const { tried, title, changes, budget, latencyMs, distanceMm } = point
  const label =
    `${tried.number}: ${title}${changes ? `; ${changes}` : ''}. ` +
    `Budget ${formatShare(budget)}, ${formatMs(latencyMs)}, ${distanceMm.toFixed(2)} mm${here ? '. You are here' : ''}`
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onChoose(point)
  }
  return (
    <g
      className={styles.point}
      data-frontier={point.onFrontier}
      data-here={here}
      role="button"
      tabIndex={0}
      aria-label={label}
      onClick={() => onChoose(point)}
      onKeyDown={onKeyDown}
    >
      <title>{label}</title>
      {here && <circle className={styles.halo} cx={x} cy={y} r={11} />}
      <circle cx={x} cy={y} r={12} className={styles.target} />
      {point.onFrontier ? <circle cx={x} cy={y} r={5.5} /> : <rect x={x - 4.5} y={y - 4.5} width={9} height={9} />}
      <text x={x + 9} y={y - 7}>
        {tried.number}
        {here ? ' you are here' : ''}
      </text>
    </g>
  )
}
