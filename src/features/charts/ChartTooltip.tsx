import type { ReactNode } from 'react'
import { Tooltip } from 'recharts'
import styles from './charts.module.css'

interface Props<T> {
  /** What to show about a point. */
  render: (point: T) => ReactNode
}

/** A tooltip that shows one of our points in our words. All series of a chart share the point. */
export function ChartTooltip<T extends object>({ render }: Props<T>) {
  return (
    <Tooltip
      isAnimationActive={false}
      cursor={{ stroke: 'var(--color-border-strong)', fill: 'var(--color-surface-sunken)', fillOpacity: 0.6 }}
      wrapperStyle={{ zIndex: 5, pointerEvents: 'none' }}
      content={({ active, payload }) => {
        const point = payload[0]?.payload as T | undefined
        return active && point ? <div className={styles.tooltip}>{render(point)}</div> : null
      }}
    />
  )
}
