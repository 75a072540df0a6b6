import { useBenchmarkStore } from '../../stores/benchmarkStore.ts'
import { useCompareStore } from '../../stores/compareStore.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'

/**
 * What work in the background waits for, in words; undefined while the worker has nothing else to do. A run or a
 * measurement aborts what is in the worker when it starts; rollouts and the simulator take turns with it, so that times
 * taken beside them would mean nothing.
 */
export function whoGoesFirst(): string | undefined {
  const { status } = useRunStore.getState().progress
  if (status === 'idle' || status === 'queued' || status === 'running') return 'the live run goes first.'
  if (isComparing()) return 'a pinned setting runs first.'
  if (isMeasuring()) return 'a measurement is going on.'
  if (['starting', 'running'].includes(useRolloutStore.getState().run.phase)) return 'rollouts are being played.'
  if (useSimulatorStore.getState().phase.status === 'acting') return 'the policy acts in the simulator.'
  return undefined
}

/** Whether `cancel` of the worker would hit somebody's run or measurement: it aborts the one that came last. */
export function isWorkerTaken(): boolean {
  return useRunStore.getState().progress.status === 'running' || isComparing() || isMeasuring()
}

/** Calls back whenever an answer of {@link whoGoesFirst} may have changed. */
export function onTurnChange(listener: () => void): void {
  for (const store of [useRunStore, useCompareStore, useBenchmarkStore, useRolloutStore, useSimulatorStore]) {
    store.subscribe(listener)
  }
}

function isComparing(): boolean {
  return [...useCompareStore.getState().running.values()].some(({ status }) => status === 'running')
}

function isMeasuring(): boolean {
  return useBenchmarkStore.getState().state.status === 'running'
}
