import { memo, useCallback, useMemo } from 'react'
import { Line, LineChart } from 'recharts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { SampleStrip } from '../../ui/SampleStrip.tsx'
import { ChartCard, LegendItem } from './ChartCard.tsx'
import { ChartTooltip } from './ChartTooltip.tsx'
import { DataTable } from './DataTable.tsx'
import { Timeline } from './Timeline.tsx'
import { FrameAxis, TIME_MARGIN, ValueAxis, ValueGrid } from './axes.tsx'
import { downsample } from './downsample.ts'
import { formatMs, formatRatio } from './format.ts'
import type { TimelineProps } from './frameSource.ts'
import { LATENCY_COLUMNS, createLatencyModel, describeLatency, latencyRows } from './latencyModel.ts'
import type { LatencyModel, LatencyPoint } from './latencyModel.ts'
import { ORIGIN_TITLES, describeBackend } from './origin.ts'
import type { ChartOrigin } from './origin.ts'
import { useElementWidth } from './useElementWidth.ts'
import styles from './charts.module.css'

export interface LatencyChartProps extends TimelineProps {
  run: RunRecord | undefined
  origin: ChartOrigin | undefined
  /** The GPU is emulated on the processor. */
  softwareAdapter?: boolean
  streaming?: boolean
}

const TITLE = 'Latency per query'

/** What pruning costs and saves in time, query by query. */
export const LatencyChart = memo(function LatencyChart(props: LatencyChartProps) {
  const { run, origin, softwareAdapter, streaming, ...timeline } = props
  const model = useMemo(() => run && createLatencyModel(run), [run])
  const readRows = useCallback(() => (model ? latencyRows(model) : []), [model])
  if (!model)
    return <ChartCard title={TITLE} origin={origin} streaming={streaming} empty="No query has been timed yet." />
  return (
    <ChartCard title={TITLE} origin={origin} streaming={streaming}>
      <Figures model={model} origin={origin} />
      {softwareAdapter && (
        <p className={styles.warning}>
          This GPU is emulated on the processor. Its answers are right; its times say nothing about a real GPU.
        </p>
      )}
      <Timeline {...timeline} label={describeLatency(model)} steps={model.points.map(({ step }) => step)}>
        {(width) => <Plot model={model} width={width} frameCount={timeline.frameCount} />}
      </Timeline>
      <Samples model={model} />
      <Legend model={model} />
      <DataTable
        caption="Latency of every query, by stage"
        frameTitle="Frame"
        columns={LATENCY_COLUMNS}
        readRows={readRows}
        onSeek={timeline.onSeek}
      />
    </ChartCard>
  )
})

function Figures({ model, origin }: { model: LatencyModel; origin: ChartOrigin | undefined }) {
  const { pruned, dense, speedUp } = model
  return (
    <dl className={styles.figures}>
      <div>
        <dt>Pruned, p50</dt>
        <dd>
          {formatMs(pruned.p50Ms)} ms <small>{describeRest(pruned)}</small>
        </dd>
      </div>
      {dense && (
        <div>
          <dt>Dense, p50</dt>
          <dd>
            {formatMs(dense.p50Ms)} ms <small>{describeRest(dense)}</small>
          </dd>
        </div>
      )}
      {speedUp !== undefined && (
        <div>
          <dt>Speed-up at p50</dt>
          <dd>
            {formatRatio(speedUp)}{' '}
            <small>{origin && `${ORIGIN_TITLES[origin.kind].toLowerCase()}, ${describeBackend(origin.device)}`}</small>
          </dd>
        </div>
      )}
    </dl>
  )
}

/** What follows the p50. */
function describeRest({ count, p95Ms }: LatencyModel['pruned']): string {
  return `p95 ${formatMs(p95Ms)} ms · n ${count}`
}

const Plot = memo(function Plot({
  model,
  width,
  frameCount,
}: {
  model: LatencyModel
  width: number
  frameCount: number
}) {
  const { points, ticks, dense } = model
  const top = ticks[ticks.length - 1]
  const shown = useMemo(() => [...downsample(points, width, ({ prunedMs }) => prunedMs)], [points, width])
  const line = { type: 'linear', isAnimationActive: false, strokeWidth: 1.75 } as const
  return (
    <>
      <span className={styles.plotTitle}>latency (ms)</span>
      <LineChart width={width} height={150} data={shown} margin={TIME_MARGIN} accessibilityLayer={false}>
        <ValueGrid />
        <FrameAxis frameCount={frameCount} width={width} />
        <ValueAxis ticks={ticks} />
        <ChartTooltip<LatencyPoint> render={(point) => <QueryDetails point={point} />} />
        {dense && (
          <Line
            {...line}
            dataKey={({ denseMs }: LatencyPoint) => clip(denseMs, top)}
            stroke="var(--dense)"
            strokeDasharray="5 3"
            dot={false}
          />
        )}
        <Line
          {...line}
          dataKey={({ prunedMs }: LatencyPoint) => clip(prunedMs, top)}
          stroke="var(--pruned)"
          dot={shown.length <= width / 6 ? { r: 2.5, fill: 'var(--pruned)', strokeWidth: 0 } : false}
        />
      </LineChart>
    </>
  )
})

/** Every sample of both engines on one axis of milliseconds. */
const Samples = memo(function Samples({ model: { points, pruned, dense, ticks } }: { model: LatencyModel }) {
  const { ref, width } = useElementWidth<HTMLDivElement>()
  const strips = [
    { title: 'pruned', samplesMs: points.map(({ prunedMs }) => prunedMs), summary: pruned, colour: 'var(--pruned)' },
  ]
  if (dense) {
    const samplesMs = points.flatMap(({ denseMs }) => (denseMs === undefined ? [] : [denseMs]))
    strips.push({ title: 'dense', samplesMs, summary: dense, colour: 'var(--dense)' })
  }
  return (
    <div ref={ref} className={styles.plot}>
      <SampleStrip strips={strips} maxMs={ticks[ticks.length - 1]} width={width} />
    </div>
  )
})

function clip(ms: number | undefined, top: number): number | undefined {
  return ms === undefined ? undefined : Math.min(ms, top)
}

function Legend({ model: { dense, clipped } }: { model: LatencyModel }) {
  return (
    <p className={styles.legend}>
      <LegendItem kind="line" colour="var(--pruned)">
        pruned
      </LegendItem>
      {dense && (
        <LegendItem kind="dashed" colour="var(--dense)">
          dense, same observation
        </LegendItem>
      )}
      <span>strip: every sample, thick p50, dashed p95</span>
      {clipped && (
        <b>
          {clipped.count} above the chart, up to {formatMs(clipped.maxMs)} ms
        </b>
      )}
    </p>
  )
}

function QueryDetails({ point: { step, prunedMs, denseMs, stages, warmUp } }: { point: LatencyPoint }) {
  return (
    <>
      <b>Frame {step}</b>
      {warmUp && ' · no history yet'}
      <table>
        <tbody>
          <tr>
            <th scope="row">Pruned</th>
            <td>{formatMs(prunedMs)} ms</td>
          </tr>
          {denseMs !== undefined && (
            <tr>
              <th scope="row">Dense</th>
              <td>{formatMs(denseMs)} ms</td>
            </tr>
          )}
          {stages.map(({ title, ms }) => (
            <tr key={title} className={styles.stage}>
              <th scope="row">{title}</th>
              <td>{formatMs(ms)} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
