import { useSyncExternalStore } from 'react'
import { colorAt, gradientOf } from '../../ui/tokens/colormaps.ts'
import { currentPlan, subscribeToPlan } from './currentPlan.ts'
import type { OverlayLegend } from './overlayModel.ts'
import styles from './overlay.module.css'

/** What the overlay's colours mean, with counts; always on the screen. */
export function Legend() {
  const current = useSyncExternalStore(subscribeToPlan, currentPlan)
  return (
    <div className={styles.legend} data-testid="legend">
      {current ? <LegendBody legend={current.plan.legend} /> : <span className="muted">No run on the screen yet</span>}
      {current?.plan.outline?.regions.map(({ title, color }) => (
        <span key={title} className={styles.entry}>
          <span className={styles.mark} data-outline="" style={{ borderColor: `var(${color})` }} />
          {title} (ground truth)
        </span>
      ))}
    </div>
  )
}

function LegendBody({ legend }: { legend: OverlayLegend }) {
  switch (legend.kind) {
    case 'sets':
      return (
        <>
          {legend.sets.map((set) => (
            <Entry key={set.name} title={set.title} count={set.count} color={`var(${set.color})`} />
          ))}
          <Entry title="Dropped" count={legend.droppedFirst} pattern="hatch" />
          {legend.droppedLater > 0 && <Entry title="Dropped deeper" count={legend.droppedLater} pattern="cross" />}
          {legend.sets.length > 1 && <span className="muted">Split squares: several sets</span>}
        </>
      )
    case 'truth':
      return (
        <>
          {legend.sets.map((set) => (
            <Entry key={set.name} title={set.title} count={set.count} color={`var(${set.color})`} />
          ))}
          <span className="muted">From the simulator, not from the policy</span>
        </>
      )
    case 'steps':
      return (
        <>
          <span>{legend.title}</span>
          {legend.steps.map((step) => (
            <Entry key={step.label} title={step.label} count={step.count} color={colorAt('depth', step.heat)} />
          ))}
          <Entry title="Gone after this layer" pattern="hatch" />
        </>
      )
    case 'scale':
      return (
        <>
          <span>{legend.title}</span>
          <span className={styles.scale}>
            {legend.low}
            <span className={styles.gradient} style={{ background: gradientOf('score') }} />
            {legend.high}
          </span>
          <span className="muted">{legend.normalisation}</span>
        </>
      )
    case 'message':
      return <span>{legend.text}</span>
  }
}

function Entry(props: { title: string; count?: number; color?: string; pattern?: 'hatch' | 'cross' }) {
  return (
    <span className={styles.entry}>
      <span className={styles.mark} data-pattern={props.pattern} style={{ background: props.color }} />
      {props.title}
      {props.count !== undefined && <b>{props.count}</b>}
    </span>
  )
}
