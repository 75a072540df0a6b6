import type { MouseEvent, ReactNode } from 'react'
import { FrameCursor } from './FrameCursor.tsx'
import type { TimelineProps } from './frameSource.ts'
import { frameAtPixel, nearestStep } from './plotGeometry.ts'
import { useElementWidth } from './useElementWidth.ts'
import styles from './charts.module.css'

interface Props extends TimelineProps {
  /** What a picture's caption would say: read out instead of the drawing. */
  label: string
  /** Clicks go to the nearest of these; without it to the frame under the pointer. */
  steps?: readonly number[]
  children: (width: number) => ReactNode
}

/** Plots over frames, one below the other, with one cursor through all and a click that seeks. */
export function Timeline({ label, steps, frameCount, frames, onSeek, children }: Props) {
  const { ref, width } = useElementWidth<HTMLDivElement>()
  const seek = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const frame = frameAtPixel(event.clientX - box.left, box.width, frameCount)
    onSeek(steps && steps.length > 0 ? nearestStep(steps, frame) : frame)
  }
  return (
    // A pointer shortcut only: the table below holds a button for every row.
    <div ref={ref} className={styles.timeline} onClick={seek}>
      <div role="img" aria-label={label}>
        {children(width)}
        <span className={styles.axisTitle}>frame</span>
      </div>
      <FrameCursor frames={frames} frameCount={frameCount} />
    </div>
  )
}
