import { axisTicks } from '../../ui/axisTicks.ts'

/** Pixels between the edges of a plot's element and the area in which its axes draw. Fixed, so that nothing is measured. */
export interface PlotInsets {
  left: number
  right: number
  top: number
  bottom: number
}

/** Of every plot over frames. The left side holds the numbers of the y axis. */
export const TIME_INSETS: PlotInsets = { left: 40, right: 10, top: 8, bottom: 22 }

/** Of plots whose frame axis is drawn by the plot below. */
export const UPPER_INSETS: PlotInsets = { ...TIME_INSETS, bottom: 8 }

/** Where a frame lies between the left (0) and the right (1) end of the frame axis. */
export function frameFraction(frame: number, frameCount: number): number {
  if (frameCount < 2) return 0
  return Math.min(1, Math.max(0, frame / (frameCount - 1)))
}

/** CSS length of a frame's place from the left edge of the plot's element. */
export function frameLeft(frame: number, frameCount: number, insets: PlotInsets = TIME_INSETS): string {
  const fraction = frameFraction(frame, frameCount)
  // left + fraction * (100% - left - right)
  const percent = Number((fraction * 100).toFixed(3))
  const pixels = Number((insets.left - fraction * (insets.left + insets.right)).toFixed(2))
  return `calc(${percent}% + ${pixels}px)`
}

/** The frame under a horizontal pixel of the plot's element; clamped to the recording. */
export function frameAtPixel(x: number, width: number, frameCount: number, insets: PlotInsets = TIME_INSETS): number {
  const inner = width - insets.left - insets.right
  if (inner <= 0 || frameCount < 2) return 0
  const fraction = Math.min(1, Math.max(0, (x - insets.left) / inner))
  return Math.round(fraction * (frameCount - 1))
}

/** The step nearest to a frame. @param steps ascending, not empty. */
export function nearestStep(steps: readonly number[], frame: number): number {
  let best = steps[0]
  for (const step of steps) if (Math.abs(step - frame) < Math.abs(best - frame)) best = step
  return best
}

/** Frame numbers for the axis below a plot: round, from 0, ending before the last label could be cut off. */
export function frameTicks(frameCount: number, width: number): number[] {
  if (frameCount < 2) return [0]
  const gaps = Math.max(2, Math.min(8, Math.floor(width / 70)))
  return axisTicks(frameCount - 1, gaps)
    .map(Math.round)
    .filter((tick, i, ticks) => tick <= frameCount - 1 && tick !== ticks[i - 1])
}
