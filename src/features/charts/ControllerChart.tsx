import { memo, useCallback, useId, useMemo } from 'react'
import { Line, LineChart, ReferenceLine } from 'recharts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { ChartCard, LegendItem } from './ChartCard.tsx'
import { ChartTooltip } from './ChartTooltip.tsx'
import { DataTable } from './DataTable.tsx'
import { Timeline } from './Timeline.tsx'
import { FrameAxis, TIME_MARGIN, UPPER_MARGIN, ValueAxis, ValueGrid } from './axes.tsx'
import { CONTROLLER_COLUMNS, createControllerModel, describeController } from './controllerModel.ts'
import type { ControllerModel, LookBackPoint, ModeBand, SpeedPoint } from './controllerModel.ts'
import { downsample } from './downsample.ts'
import type { TimelineProps } from './frameSource.ts'
import type { ChartOrigin } from './origin.ts'
import { TIME_INSETS, frameFraction } from './plotGeometry.ts'
import { useInTurn } from './useInTurn.ts'
import styles from './charts.module.css'

export interface ControllerChartProps extends TimelineProps {
  run: RunRecord | undefined
  /** `[frames, 7]`, the executed actions of the open recording, if there is one. */
  actions?: Float32Array
  origin: ChartOrigin | undefined
  streaming?: boolean
}

const TITLE = 'Action-aware controller'
const EMPTY = 'This method has no controller: it prunes the same way in every motion.'

/** When the controller went to fine mode, how fast the gripper moved, and how far back frames were compared. */
export const ControllerChart = memo(function ControllerChart(props: ControllerChartProps) {
  const { run, actions, origin, streaming, ...timeline } = props
  const { frameCount } = timeline
  const model = useMemo(() => run && createControllerModel(run, frameCount, actions), [run, frameCount, actions])
  const readRows = useCallback(() => model?.rows ?? [], [model])
  if (!model) {
    const waiting = !run || run.queries.length === 0
    return (
      <ChartCard
        title={TITLE}
        origin={origin}
        streaming={streaming}
        empty={waiting ? 'No query has run yet.' : EMPTY}
      />
    )
  }
  return (
    <ChartCard title={TITLE} origin={origin} streaming={streaming}>
      <p className={styles.sentence}>{describeController(model)}</p>
      <Timeline {...timeline} label={describeController(model)}>
        {(width) => <Plots model={model} width={width} frameCount={frameCount} />}
      </Timeline>
      <Legend model={model} />
      <DataTable
        caption="State of the controller at every query"
        frameTitle="Frame"
        columns={CONTROLLER_COLUMNS}
        readRows={readRows}
        onSeek={timeline.onSeek}
      />
    </ChartCard>
  )
})

interface PlotsProps {
  model: ControllerModel
  width: number
  frameCount: number
}

const Plots = memo(function Plots({ model, width, frameCount }: PlotsProps) {
  const { speedKind } = model
  return (
    <>
      <span className={styles.plotTitle}>mode</span>
      <Bands bands={model.bands} replans={model.replans} width={width} frameCount={frameCount} />
      <span className={styles.plotTitle}>
        {speedKind === 'action' ? 'speed of each action (1 = largest step)' : 'distance between queries (action units)'}
      </span>
      <SpeedPlot model={model} width={width} frameCount={frameCount} />
      <span className={styles.plotTitle}>look-back (frames)</span>
      <LookBackPlot model={model} width={width} frameCount={frameCount} />
    </>
  )
})

function SpeedPlot({ model, width, frameCount }: PlotsProps) {
  const { speeds, speedTicks, threshold, replans } = useInTurn(model, false)
  const shown = useMemo(() => [...downsample(speeds, width, ({ speed }) => speed)], [speeds, width])
  return (
    <LineChart width={width} height={88} data={shown} margin={UPPER_MARGIN} accessibilityLayer={false}>
      <ValueGrid />
      <FrameAxis frameCount={frameCount} width={width} hidden />
      <ValueAxis ticks={speedTicks} />
      <ChartTooltip<SpeedPoint>
        render={({ step, speed }) => (
          <>
            <b>Frame {step}</b>
            <br />
            {speed.toFixed(2)} action units
          </>
        )}
      />
      {replans.map((step) => (
        <ReferenceLine key={step} x={step} stroke="var(--color-accent-2)" strokeDasharray="2 3" />
      ))}
      {threshold !== undefined && (
        <ReferenceLine y={threshold} stroke="var(--color-text-muted)" strokeDasharray="5 3" />
      )}
      <Line dataKey="speed" stroke="var(--color-accent)" strokeWidth={1.5} isAnimationActive={false} dot={false} />
    </LineChart>
  )
}

function LookBackPlot({ model, width, frameCount }: PlotsProps) {
  const { lookBack, lookBackTicks } = useInTurn(model, false)
  const shown = useMemo(() => [...downsample(lookBack, width, ({ steps }) => steps)], [lookBack, width])
  return (
    <LineChart width={width} height={76} data={shown} margin={TIME_MARGIN} accessibilityLayer={false}>
      <ValueGrid />
      <FrameAxis frameCount={frameCount} width={width} />
      <ValueAxis ticks={lookBackTicks} />
      <ChartTooltip<LookBackPoint>
        render={({ step, steps }) => (
          <>
            <b>Frame {step}</b>
            <br />
            {steps === undefined ? 'no frame that old' : `compared with ${steps} frames earlier`}
          </>
        )}
      />
      <Line
        dataKey="steps"
        type="stepAfter"
        stroke="var(--color-text-muted)"
        strokeWidth={1.75}
        isAnimationActive={false}
        dot={false}
      />
    </LineChart>
  )
}

const BAND_HEIGHT = 22

interface BandsProps {
  bands: readonly ModeBand[]
  replans: readonly number[]
  width: number
  frameCount: number
}

/** The modes as one band, fine hatched; replans as triangles above it. */
function Bands({ bands, replans, width, frameCount }: BandsProps) {
  const hatch = useId()
  const inner = Math.max(1, width - TIME_INSETS.left - TIME_INSETS.right)
  const at = (frame: number) => TIME_INSETS.left + frameFraction(frame, frameCount) * inner
  return (
    <svg className={styles.strip} width={width} height={BAND_HEIGHT} aria-hidden="true">
      <defs>
        <FineHatch id={hatch} />
      </defs>
      {bands.map(({ mode, from, to }) => (
        <rect
          key={from}
          x={at(from)}
          y={8}
          width={Math.max(1, at(to) - at(from))}
          height={12}
          fill={mode === 'fine' ? `url(#${hatch})` : 'var(--color-surface-sunken)'}
          stroke="var(--color-border-strong)"
          strokeWidth={0.75}
        />
      ))}
      {replans.map((step) => (
        <path key={step} d={`M${at(step)} 8l-4 -7h8z`} fill="var(--color-accent-2)" />
      ))}
    </svg>
  )
}

function FineHatch({ id }: { id: string }) {
  return (
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" fill="var(--color-accent)" />
      <line x1="0" x2="0" y1="0" y2="5" stroke="var(--color-surface)" strokeWidth="2" />
    </pattern>
  )
}

function Legend({ model: { threshold, replans } }: { model: ControllerModel }) {
  const hatch = useId()
  return (
    <p className={styles.legend}>
      <span className={styles.legendItem}>
        <svg width="18" height="10" aria-hidden="true">
          <rect
            x="0.5"
            y="0.5"
            width="17"
            height="9"
            fill="var(--color-surface-sunken)"
            stroke="var(--color-border-strong)"
          />
        </svg>
        coarse
      </span>
      <span className={styles.legendItem}>
        <svg width="18" height="10" aria-hidden="true">
          <defs>
            <FineHatch id={hatch} />
          </defs>
          <rect x="0.5" y="0.5" width="17" height="9" fill={`url(#${hatch})`} stroke="var(--color-border-strong)" />
        </svg>
        fine
      </span>
      {replans.length > 0 && (
        <span className={styles.legendItem}>
          <svg width="10" height="10" aria-hidden="true">
            <path d="M5 9l-4 -7h8z" fill="var(--color-accent-2)" />
          </svg>
          replan
        </span>
      )}
      {threshold !== undefined && (
        <LegendItem kind="dashed" colour="var(--color-text-muted)">
          fine below {threshold.toFixed(2)}
        </LegendItem>
      )}
    </p>
  )
}
