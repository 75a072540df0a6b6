import styles from './player.module.css'
import type { Moment } from './momentsModel.ts'
import type { TimelineModel } from './timelineModel.ts'

interface BandsProps {
  timeline: TimelineModel
  frameCount: number
  moments: readonly Moment[]
}

/** Query marks, interesting moments and the controller's mode along the episode, on the scrubber's scale. */
export function Bands({ timeline, frameCount, moments }: BandsProps) {
  if (frameCount < 2) return <div className={styles.bands} />
  const at = (frame: number) => `${(Math.min(frame, frameCount - 1) / (frameCount - 1)) * 100}%`
  const fine = timeline.bands.filter((band) => band.mode === 'fine').length
  const replans = replanCount(timeline)
  const label =
    `${timeline.marks.length} queries, ${replans} of them replans; ${moments.length} interesting moments; ` +
    (timeline.bands.length > 0 ? `${fine} stretches in fine mode` : 'this method has no controller')
  return (
    <div className={styles.bands}>
      <svg className={styles.bandsPicture} role="img" aria-label={label} data-testid="timeline-bands">
        <defs>
          <pattern id="fine-mode" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" className={styles.fineBase} />
            <rect width="2" height="5" className={styles.fineStripe} />
          </pattern>
        </defs>
        {timeline.bands.map((band) => (
          <svg key={band.from} x={at(band.from)} width="100%" overflow="visible">
            <rect
              y="9"
              height="7"
              width={`${(Math.max(0, Math.min(band.to, frameCount - 1) - band.from) / (frameCount - 1)) * 100}%`}
              className={band.mode === 'fine' ? undefined : styles.coarse}
              fill={band.mode === 'fine' ? 'url(#fine-mode)' : undefined}
            />
          </svg>
        ))}
        {timeline.marks.map((mark) => (
          <g key={mark.index}>
            <line x1={at(mark.step)} x2={at(mark.step)} y1="0" y2="7" className={styles.queryMark} />
            {mark.replan && <circle cx={at(mark.step)} cy="3" r="3" className={styles.replanMark} />}
          </g>
        ))}
        {moments.map(({ frame }) => (
          <svg key={frame} x={at(frame)} overflow="visible">
            <path d="M-3.5 0.5 0 5 3.5 0.5z" className={styles.momentMark} />
          </svg>
        ))}
      </svg>
    </div>
  )
}

/** What the marks and bands mean. */
export function BandsKey({ timeline }: { timeline: TimelineModel }) {
  return (
    <div className={styles.bandsKey} aria-hidden="true">
      <span>
        <i className={styles.keyQuery} /> query
      </span>
      <span>
        <i className={styles.keyMoment} /> moment
      </span>
      {replanCount(timeline) > 0 && (
        <span>
          <i className={styles.keyReplan} /> replan
        </span>
      )}
      {timeline.bands.length > 0 && (
        <>
          <span>
            <i className={styles.keyCoarse} /> coarse
          </span>
          <span>
            <i className={styles.keyFine} /> fine
          </span>
        </>
      )}
    </div>
  )
}

function replanCount({ marks }: TimelineModel): number {
  return marks.filter((mark) => mark.replan).length
}
