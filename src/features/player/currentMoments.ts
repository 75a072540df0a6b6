import { useDeferredValue } from 'react'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { useEpisodeFrames, useEpisodeStore } from '../../stores/episodeStore.ts'
import { measuredRun, useMeasuredRun, useRunStore } from '../../stores/runStore.ts'
import { findMoments } from './momentsModel.ts'
import type { Moment } from './momentsModel.ts'

let known: { run: RunRecord | undefined; actions: Float32Array | undefined; moments: readonly Moment[] } | undefined

function momentsOf(run: RunRecord | undefined, actions: Float32Array | undefined): readonly Moment[] {
  if (known && known.run === run && known.actions === actions) return known.moments
  known = { run, actions, moments: findMoments({ run, actions }) }
  return known.moments
}

/** Moments of the open episode and of the run that was last measured on it. */
export function currentMoments(): readonly Moment[] {
  const { load } = useEpisodeStore.getState()
  const actions = load.status === 'ready' ? load.frames.actions : undefined
  return momentsOf(measuredRun(useRunStore.getState())?.run, actions)
}

/** {@link currentMoments} for components. */
export function useCurrentMoments(): readonly Moment[] {
  const run = useMeasuredRun()?.run
  const actions = useEpisodeFrames()?.actions
  // Deferred: marks may come a moment after the overlay, which a slider waits for.
  return momentsOf(useDeferredValue(run), useDeferredValue(actions))
}
