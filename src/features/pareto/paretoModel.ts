import { measureRun } from '../../core/metrics/runMeasures.ts'
import type { RunMeasures } from '../../core/metrics/runMeasures.ts'
import { describeSettings } from '../../stores/settings.ts'
import type { TriedRun } from '../../stores/triedStore.ts'

/** What the horizontal axis shows; less is better on both axes. */
export type ParetoAxis = 'budget' | 'latency'

export interface ParetoPoint extends RunMeasures {
  tried: TriedRun
  title: string
  changes: string
  /** No other point is better on both axes. */
  onFrontier: boolean
}

/** One point for each run that was compared with the dense policy. */
export function paretoPoints(runs: readonly TriedRun[], axis: ParetoAxis): ParetoPoint[] {
  const points = runs.flatMap((tried) => {
    const point = toPoint(tried)
    return point ? [point] : []
  })
  return points.map((point) => ({ ...point, onFrontier: !points.some((other) => dominates(other, point, axis)) }))
}

/** The horizontal value of a point. */
export function valueOf(point: Pick<ParetoPoint, 'budget' | 'latencyMs'>, axis: ParetoAxis): number {
  return axis === 'budget' ? point.budget : point.latencyMs
}

type Measures = Omit<ParetoPoint, 'onFrontier'>

/** Whether `a` is at least as good on both axes and better on one. */
function dominates(a: Measures, b: Measures, axis: ParetoAxis): boolean {
  const [x, y] = [valueOf(a, axis) - valueOf(b, axis), a.distanceMm - b.distanceMm]
  return x <= 0 && y <= 0 && (x < 0 || y < 0)
}

function toPoint(tried: TriedRun): Measures | undefined {
  const measures = measureRun(tried.run)
  return measures && { tried, ...describeSettings(tried.settings), ...measures }
}

/** The frontier as points from left to right. */
export function frontierOf(points: readonly ParetoPoint[], axis: ParetoAxis): ParetoPoint[] {
  return points
    .filter(({ onFrontier }) => onFrontier)
    .sort((a, b) => valueOf(a, axis) - valueOf(b, axis) || a.distanceMm - b.distanceMm)
}

/** A round upper end of an axis from 0. */
export function axisEnd(largest: number): number {
  if (!(largest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(largest))
  return [1, 1.5, 2, 3, 5, 7.5, 10].map((factor) => factor * power).find((end) => end >= largest * 1.02) ?? 10 * power
}
