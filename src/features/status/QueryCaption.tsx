import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { EngineBadge } from './EngineBadge.tsx'
import { OriginBadge } from './OriginBadge.tsx'
import styles from './status.module.css'
import { RunProgress } from './RunProgress.tsx'

/** Which query the cameras show, where it comes from, and how far the live run is. */
export function QueryCaption() {
  const current = useCurrentQuery()
  return (
    <div className={styles.caption} data-testid="query-caption">
      {current ? (
        <>
          <OriginBadge
            origin={current.origin}
            device={current.run.device}
            createdAt={current.run.createdAt}
            stale={current.stale}
          />
          <span>
            query <b>{current.query.index + 1}</b> at frame <b>{current.query.step}</b>
          </span>
          <EngineBadge query={current.query} />
          {current.query.notes.mode && <span className="badge">{current.query.notes.mode} mode</span>}
          {current.query.notes.warmUp && <span className="badge">warm-up</span>}
          {current.query.repeated && <span className="badge">repeated</span>}
          {current.query.replan && <span className="badge">replan</span>}
          <span className="muted">model {current.run.model.id}</span>
        </>
      ) : (
        <span className="muted">No run of this episode yet</span>
      )}
      <RunProgress />
    </div>
  )
}
