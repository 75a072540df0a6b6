import { memo, useEffect, useRef } from 'react'
import type { MouseEvent } from 'react'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { formatShare } from '../../ui/format.ts'
import { TableTwin } from '../../ui/TableTwin.tsx'
import styles from './compare.module.css'
import type { ComparedFrame } from './compareModel.ts'
import { tracePath } from './tracePath.ts'

const WIDTH = 600
const HEIGHT = 48

interface CompareChartProps {
  frames: readonly ComparedFrame[]
  left: string
  right: string
}

/** Overlap of the kept sets and distance of the actions over the episode; a click goes to the frame. */
export const CompareChart = memo(function CompareChart({ frames, left, right }: CompareChartProps) {
  const largest = Math.max(0.01, ...frames.map(({ translationMm }) => translationMm ?? 0))
  const traces = [
    { title: 'Kept sets in common', unit: '0 to 100 %', values: frames.map(({ jaccard }) => jaccard), max: 1 },
    {
      title: `Action of ${left} against ${right}`,
      unit: `0 to ${largest.toFixed(2)} mm`,
      values: frames.map(({ translationMm }) => translationMm ?? Number.NaN),
      max: largest,
    },
  ]
  const seek = (event: MouseEvent<SVGSVGElement>) => {
    const area = event.currentTarget.getBoundingClientRect()
    const { pause, seek: goTo } = usePlayerStore.getState()
    pause()
    goTo(((event.clientX - area.left) / area.width) * (frames.length - 1))
  }
  return (
    <div className={styles.chart}>
      {traces.map(({ title, unit, values, max }) => (
        <div key={title}>
          <p className={styles.traceTitle}>
            {title} <span className="muted">{unit}</span>
          </p>
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={title}
            onClick={seek}
          >
            <path d={tracePath(values, max, WIDTH, HEIGHT)} vectorEffect="non-scaling-stroke" />
            <Cursor frames={frames.length} />
          </svg>
        </div>
      ))}
      <p className="muted">Open-loop agreement is not task success.</p>
      <TableTwin
        caption={`${left} against ${right}, per frame`}
        columns={['Frame', 'Jaccard', 'Translation (mm)', 'Rotation (°)', 'Gripper agrees']}
        fileName="comparison"
        readRows={() =>
          frames.map(({ frame, jaccard, translationMm, rotationDeg, sameGripper }) => ({
            key: frame,
            cells: [
              frame,
              Number.isNaN(jaccard) ? undefined : formatShare(jaccard, 1),
              translationMm?.toFixed(3),
              rotationDeg?.toFixed(3),
              sameGripper === undefined ? undefined : sameGripper ? 'yes' : 'no',
            ],
          }))
        }
      />
    </div>
  )
})

/** The playhead; it moves without rendering React. */
function Cursor({ frames }: { frames: number }) {
  const line = useRef<SVGLineElement>(null)
  useEffect(() => {
    const move = () => {
      const x = String((usePlayerStore.getState().frame / Math.max(1, frames - 1)) * WIDTH)
      line.current?.setAttribute('x1', x)
      line.current?.setAttribute('x2', x)
    }
    move()
    return usePlayerStore.subscribe(move)
  }, [frames])
  return <line ref={line} y1={0} y2={HEIGHT} vectorEffect="non-scaling-stroke" />
}
