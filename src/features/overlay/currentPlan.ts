import { VIEW_IDS } from '../../core/schema/observation.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
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
  const { overlay: mode, layer, scoreRows: rows, paintedStage } = useViewStore.getState()
  const dense = query && useRunStore.getState().denseFrames.get(query.query.step)
  const frame = usePlayerStore.getState().frame
  // Ground truth is the only overlay that changes between queries.
  const truthFrame = mode === 'truth' ? frame : -1
  const { load } = useEpisodeStore.getState()
  const inputs = [query, mode, layer, rows, paintedStage, dense, truthFrame, load]
  if (inputs.every((input, i) => input === lastInputs[i]) && lastInputs.length > 0) return last
  lastInputs = inputs
  const relevance = mode === 'truth' && load.status === 'ready' ? relevanceAt(load.frames.relevance, frame) : undefined
  last = query && {
    query,
    plan: planOverlay(query.decoded, { mode, layer, rows, paintedStage }, { dense, relevance }),
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

/** Relevance bits of one frame over both views, in token order. */
function relevanceAt(
  relevance: Readonly<Record<(typeof VIEW_IDS)[number], Uint8Array>> | undefined,
  frame: number,
): Uint8Array | undefined {
  if (!relevance) return undefined
  const { load } = useEpisodeStore.getState()
  if (load.status !== 'ready') return undefined
  const parts = VIEW_IDS.map((view) => {
    const patches = relevance[view].length / load.frames.frames
    return relevance[view].subarray(frame * patches, (frame + 1) * patches)
  })
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
