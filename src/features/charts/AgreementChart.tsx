import { memo, useCallback, useMemo } from 'react'
import { Line, LineChart, ReferenceArea, ReferenceDot } from 'recharts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { ChartCard, LegendItem } from './ChartCard.tsx'
import { ChartTooltip } from './ChartTooltip.tsx'
import { DataTable } from './DataTable.tsx'
import { Timeline } from './Timeline.tsx'
import {
  AGREEMENT_COLUMNS,
  OPEN_LOOP_CAVEAT,
  agreementRows,
  createAgreementModel,
  describeAgreement,
  describeFloor,
  describePoint,
} from './agreementModel.ts'
import type { AgreementModel, AgreementPoint, NoiseFloor } from './agreementModel.ts'
import { FrameAxis, TIME_MARGIN, UPPER_MARGIN, ValueAxis, ValueGrid } from './axes.tsx'
import { downsample } from './downsample.ts'
import { formatDistance, formatPercent } from './format.ts'
import type { TimelineProps } from './frameSource.ts'
import type { ChartOrigin } from './origin.ts'
import { axisTicks } from '../../ui/axisTicks.ts'
import { TIME_INSETS, frameFraction } from './plotGeometry.ts'
import { useInTurn } from './useInTurn.ts'
import styles from './charts.module.css'

export interface AgreementChartProps extends TimelineProps {
  run: RunRecord | undefined
  origin: ChartOrigin | undefined
  streaming?: boolean
}

const TITLE = 'Agreement with dense'
const EMPTY = 'No query of this run was also answered by the dense policy, so there is nothing to compare.'

/** How far the pruned actions lie from the dense ones on the same observation. */
export const AgreementChart = memo(function AgreementChart(props: AgreementChartProps) {
  const { run, origin, streaming, ...timeline } = props
  const model = useMemo(() => run && createAgreementModel(run), [run])
  const readRows = useCallback(() => (model ? agreementRows(model) : []), [model])
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
      <Figures model={model} />
      <Timeline {...timeline} label={describeAgreement(model)} steps={model.points.map(({ step }) => step)}>
        {(width) => <Plots model={model} width={width} frameCount={timeline.frameCount} />}
      </Timeline>
      {model.floor && (
        <p className={styles.legend} data-testid="noise-floor">
          <LegendItem kind="bar" colour="var(--color-border)">
            {describeFloor(model.floor)}
          </LegendItem>
        </p>
      )}
      <Worst model={model} onSeek={timeline.onSeek} />
      <p className={styles.caveat}>
        {OPEN_LOOP_CAVEAT} Mean over the {model.executeSteps} executed steps of each query.
      </p>
      <DataTable
        caption="Distance of the pruned to the dense actions, per query"
        frameTitle="Frame"
        columns={AGREEMENT_COLUMNS}
        readRows={readRows}
        onSeek={timeline.onSeek}
      />
    </ChartCard>
  )
})

function Figures({ model: { points, translation, rotation, gripper } }: { model: AgreementModel }) {
  return (
    <dl className={styles.figures}>
      <div>
        <dt>Translation, p50</dt>
        <dd>
          {formatDistance(translation.p50)} mm <small>p95 {formatDistance(translation.p95)} mm</small>
        </dd>
      </div>
      <div>
        <dt>Rotation, p50</dt>
        <dd>
          {formatDistance(rotation.p50)}° <small>p95 {formatDistance(rotation.p95)}°</small>
        </dd>
      </div>
      <div>
        <dt>Gripper agrees</dt>
        <dd>
          {formatPercent(gripper)} <small>of steps · n {points.length}</small>
        </dd>
      </div>
    </dl>
  )
}

interface PlotsProps {
  model: AgreementModel
  width: number
  frameCount: number
}

const Plots = memo(function Plots({ model, width, frameCount }: PlotsProps) {
  const { points, worst, floor } = model
  const shown = useMemo(() => [...downsample(points, width, ({ translationMm }) => translationMm)], [points, width])
  const dots = shown.length <= width / 6
  const drawn = useMemo(() => ({ points: shown, worst, floor }), [shown, worst, floor])
  const common = { drawn, width, frameCount, dots }
  return (
    <>
      <span className={styles.plotTitle}>translation (mm)</span>
      <Plot {...common} property="translationMm" colour="var(--color-accent)" upper />
      <span className={styles.plotTitle}>rotation (°)</span>
      <Plot {...common} property="rotationDeg" colour="var(--color-accent-2)" upper />
      <span className={styles.plotTitle}>gripper</span>
      <GripperStrip points={shown} width={width} frameCount={frameCount} />
      <AxisOnly width={width} frameCount={frameCount} />
    </>
  )
})

interface PlotProps {
  drawn: {
    points: AgreementPoint[]
    worst: AgreementPoint | undefined
    floor: NoiseFloor | undefined
  }
  width: number
  frameCount: number
  dots: boolean
  property: 'translationMm' | 'rotationDeg'
  colour: string
  upper?: boolean
}

function Plot({ drawn, width, frameCount, dots, property, colour, upper }: PlotProps) {
  // Each by itself: both in one go hold the page up for longer than a display frame.
  const { points, worst, floor } = useInTurn(drawn, false)
  const ticks = axisTicks(
    points.reduce((max, point) => Math.max(max, point[property]), floor?.[property] ?? 0),
    3,
  )
  return (
    <LineChart
      width={width}
      height={88}
      data={points}
      margin={upper ? UPPER_MARGIN : TIME_MARGIN}
      accessibilityLayer={false}
    >
      <ValueGrid />
      <FrameAxis frameCount={frameCount} width={width} hidden={upper} />
      <ValueAxis ticks={ticks} />
      {floor && floor[property] > 0 && (
        <ReferenceArea y1={0} y2={floor[property]} fill="var(--color-border)" fillOpacity={0.7} />
      )}
      <ChartTooltip<AgreementPoint> render={(point) => <PointDetails point={point} />} />
      <Line
        dataKey={property}
        stroke={colour}
        strokeWidth={1.75}
        isAnimationActive={false}
        dot={dots ? { r: 2.5, fill: colour, strokeWidth: 0 } : false}
      />
      {worst && (
        <ReferenceDot x={worst.step} y={worst[property]} r={6} fill="none" stroke="var(--color-text)" strokeWidth={2} />
      )}
    </LineChart>
  )
}

const AXIS_DATA = [{ step: 0 }]
const AXIS_MARGIN = { ...TIME_MARGIN, top: 2, left: TIME_INSETS.left }

/** The frame axis alone, below the strip; the same for every answer of a run. */
const AxisOnly = memo(function AxisOnly({ width, frameCount }: { width: number; frameCount: number }) {
  return (
    <LineChart
      width={width}
      height={TIME_INSETS.bottom + 2}
      data={AXIS_DATA}
      margin={AXIS_MARGIN}
      accessibilityLayer={false}
    >
      <FrameAxis frameCount={frameCount} width={width} />
    </LineChart>
  )
})

const GRIPPER_HEIGHT = 14

/** A mark per query: a bar as high as the share of steps in which the grippers differ, or a dot where they agree. */
function GripperStrip({
  points,
  width,
  frameCount,
}: {
  points: readonly AgreementPoint[]
  width: number
  frameCount: number
}) {
  const inner = Math.max(1, width - TIME_INSETS.left - TIME_INSETS.right)
  return (
    <svg className={styles.strip} width={width} height={GRIPPER_HEIGHT} aria-hidden="true">
      <line x1={TIME_INSETS.left} x2={width - TIME_INSETS.right} y1={12} y2={12} stroke="var(--color-border)" />
      {points.map(({ step, gripperAgreement }) => {
        const x = TIME_INSETS.left + frameFraction(step, frameCount) * inner
        if (gripperAgreement === 1) return <circle key={step} cx={x} cy={12} r={1.5} fill="var(--color-text-muted)" />
        const height = 4 + 8 * (1 - gripperAgreement)
        return <rect key={step} x={x - 2.5} y={12 - height} width={5} height={height} fill="var(--color-danger)" />
      })}
    </svg>
  )
}

function Worst({ model: { worst }, onSeek }: { model: AgreementModel; onSeek: (frame: number) => void }) {
  return (
    <p className={styles.legend}>
      <LegendItem kind="dot" colour="var(--color-text-muted)">
        grippers agree
      </LegendItem>
      <LegendItem kind="bar" colour="var(--color-danger)">
        differ
      </LegendItem>
      {worst ? (
        <button type="button" className={styles.link} onClick={() => onSeek(worst.step)}>
          ○ worst, {describePoint(worst)}
        </button>
      ) : (
        <b>Every chunk equals the dense one.</b>
      )}
    </p>
  )
}

function PointDetails({ point: { step, translationMm, rotationDeg, gripperAgreement } }: { point: AgreementPoint }) {
  return (
    <>
      <b>Frame {step}</b>
      <br />
      translation {formatDistance(translationMm)} mm
      <br />
      rotation {formatDistance(rotationDeg)}°
      <br />
      gripper agrees in {formatPercent(gripperAgreement)} of steps
    </>
  )
}
