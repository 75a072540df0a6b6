import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { relevanceAt } from '../../stores/relevance.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { currentQuery } from '../../stores/shownQuery.ts'
import type { CurrentQuery } from '../../stores/shownQuery.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { planOverlay } from './overlayModel.ts'
import type { OverlayPlan } from './overlayModel.ts'

export interface CurrentPlan {
  plan: OverlayPlan
  query: CurrentQuery
}

let lastInputs: readonly unknown[] = []
let last: CurrentPlan | undefined

/** The overlay of the frame on the screen, planned once for both cameras and the legend. */
export function currentPlan(): CurrentPlan | undefined {
  const query = currentQuery()
  const { overlay: mode, layer, scoreRows: rows, paintedStage, outlineTruth } = useViewStore.getState()
  const dense = query && useRunStore.getState().denseFrames.get(query.query.step)
  const frame = usePlayerStore.getState().frame
  // Ground truth is all that changes between queries.
  const needsTruth = mode === 'truth' || outlineTruth
  const truthFrame = needsTruth ? frame : -1
  const { load } = useEpisodeStore.getState()
  const inputs = [query, mode, layer, rows, paintedStage, outlineTruth, dense, truthFrame, load]
  if (inputs.every((input, i) => input === lastInputs[i]) && lastInputs.length > 0) return last
  lastInputs = inputs
  const relevance = needsTruth && load.status === 'ready' ? relevanceAt(load.frames, frame) : undefined
  last = query && {
    query,
    plan: planOverlay(query.decoded, { mode, layer, rows, paintedStage, outlineTruth }, { dense, relevance }),
  }
  return last
}

/** Repaints are due when any of these stores change. */
export function subscribeToPlan(listener: () => void): () => void {
  const stops = [
    usePlayerStore.subscribe(listener),
    useRunStore.subscribe(listener),
    useViewStore.subscribe(listener),
    useEpisodeStore.subscribe(listener),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
