import { ORIGIN_TITLES, describeBackend, describeOrigin } from './origin.ts'
import type { ChartOrigin } from './origin.ts'
import styles from './charts.module.css'

/** Recorded, Live or Preview, and on what: beside every number. */
export function OriginBadge({ origin }: { origin: ChartOrigin }) {
  return (
    <span className={styles.badge} data-kind={origin.kind} title={describeOrigin(origin)}>
      <b>{ORIGIN_TITLES[origin.kind]}</b> · {describeBackend(origin.device)}
      {origin.stale && <span className={styles.stale}> · earlier settings</span>}
    </span>
  )
}
