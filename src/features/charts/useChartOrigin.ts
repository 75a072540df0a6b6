import { useMemo } from 'react'
import type { ShownRun } from '../../stores/runStore.ts'
import type { ChartOrigin } from './origin.ts'

/** The origin of a shown run, the same object while nothing about it changes: charts compare their props. */
export function useChartOrigin(shown: Pick<ShownRun, 'run' | 'origin' | 'stale'> | undefined): ChartOrigin | undefined {
  const device = shown?.run.device
  const createdAt = shown?.run.createdAt
  const kind = shown?.origin
  const stale = shown?.stale
  return useMemo(
    () => (device && createdAt !== undefined && kind ? { kind, device, createdAt, stale } : undefined),
    [device, createdAt, kind, stale],
  )
}
