import { CartesianGrid, XAxis, YAxis } from 'recharts'
import { TIME_INSETS, UPPER_INSETS, frameTicks } from './plotGeometry.ts'

const TICK = { fill: 'var(--color-text-muted)', fontSize: 11 }
const LINE = { stroke: 'var(--color-border-strong)' }

/** Margins for a plot with a frame axis below; the axes themselves take the rest of the insets. */
export const TIME_MARGIN = { top: TIME_INSETS.top, right: TIME_INSETS.right, bottom: 0, left: 0 }

/** Margins for a plot whose frame axis is drawn by the plot below it. */
export const UPPER_MARGIN = { ...TIME_MARGIN, bottom: UPPER_INSETS.bottom }

/** The frame axis. `hidden`: the plot below draws it, this one only keeps its scale. */
export function FrameAxis({ frameCount, width, hidden }: { frameCount: number; width: number; hidden?: boolean }) {
  return (
    <XAxis
      type="number"
      dataKey="step"
      domain={[0, Math.max(1, frameCount - 1)]}
      ticks={frameTicks(frameCount, width)}
      height={TIME_INSETS.bottom}
      hide={hidden ?? false}
      allowDataOverflow
      tick={TICK}
      tickLine={LINE}
      axisLine={LINE}
      interval={0}
    />
  )
}

/** The axis of values from 0, with quiet lines across the plot. */
export function ValueAxis({ ticks }: { ticks: readonly number[] }) {
  return (
    <YAxis
      width={TIME_INSETS.left}
      domain={[0, ticks[ticks.length - 1]]}
      ticks={[...ticks]}
      allowDataOverflow
      tick={TICK}
      tickLine={false}
      axisLine={false}
      interval={0}
    />
  )
}

/** Horizontal lines at the value axis' ticks. */
export function ValueGrid() {
  return <CartesianGrid vertical={false} stroke="var(--color-border)" />
}

/** The layer axis of bar charts. */
export function LayerAxis({ id, hidden }: { id?: string; hidden?: boolean }) {
  return (
    <XAxis
      xAxisId={id ?? 0}
      dataKey="layer"
      height={TIME_INSETS.bottom}
      hide={hidden ?? false}
      tick={TICK}
      tickLine={false}
      axisLine={LINE}
      minTickGap={2}
    />
  )
}
