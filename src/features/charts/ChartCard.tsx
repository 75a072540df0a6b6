import type { ReactNode } from 'react'
import { OriginBadge } from './OriginBadge.tsx'
import type { ChartOrigin } from './origin.ts'
import styles from './charts.module.css'

interface Props {
  title: string
  /** Undefined while there are no numbers. */
  origin: ChartOrigin | undefined
  /** Shown instead of the chart when there is nothing to draw: what is missing and what to do. */
  empty?: string
  /** Numbers are still coming in. */
  streaming?: boolean
  children?: ReactNode
}

/** Frame of a chart: its name, where its numbers come from, and what to say when there are none. */
export function ChartCard({ title, origin, empty, streaming, children }: Props) {
  return (
    <section className={styles.card} aria-label={title} data-stale={origin?.stale ?? false}>
      <header className={styles.header}>
        <h3>{title}</h3>
        {streaming && (
          <span className={styles.streaming} role="status">
            running…
          </span>
        )}
        {origin && <OriginBadge origin={origin} />}
      </header>
      {empty === undefined ? children : <p className={styles.empty}>{empty}</p>}
    </section>
  )
}

/** One entry of a legend: a mark in the chart's own colour and shape, and its word. */
export function LegendItem({ kind, colour, children }: { kind: LegendMark; colour: string; children: ReactNode }) {
  return (
    <span className={styles.legendItem}>
      <svg width="18" height="10" aria-hidden="true">
        {legendMark(kind, colour)}
      </svg>
      {children}
    </span>
  )
}

export type LegendMark = 'line' | 'dashed' | 'bar' | 'outline' | 'dot' | 'tick'

function legendMark(kind: LegendMark, colour: string) {
  switch (kind) {
    case 'line':
      return <line x1="1" x2="17" y1="5" y2="5" stroke={colour} strokeWidth="2" />
    case 'dashed':
      return <line x1="1" x2="17" y1="5" y2="5" stroke={colour} strokeWidth="2" strokeDasharray="4 3" />
    case 'bar':
      return <rect x="4" y="0" width="10" height="10" fill={colour} />
    case 'outline':
      return <rect x="4" y="1" width="10" height="9" fill="none" stroke={colour} strokeWidth="1.5" />
    case 'dot':
      return <circle cx="9" cy="5" r="3.5" fill={colour} />
    case 'tick':
      return <line x1="9" x2="9" y1="0" y2="10" stroke={colour} strokeWidth="2" />
  }
}
