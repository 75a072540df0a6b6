import { useSyncExternalStore } from 'react'
import { decodeQuery } from '../core/tokens/decodedQuery.ts'
import type { DecodedQuery } from '../core/tokens/decodedQuery.ts'
import { usePlayerStore } from './playerStore.ts'
import { queryAtFrame, useRunStore } from './runStore.ts'
import type { ShownQuery } from './runStore.ts'

/** The query on the screen, unpacked. */
export type CurrentQuery = ShownQuery & { decoded: DecodedQuery }

let current: CurrentQuery | undefined

/** The query that governs the frame on the screen. The same query in the same role gives the same object. */
export function currentQuery(): CurrentQuery | undefined {
  const next = queryAtFrame(useRunStore.getState(), usePlayerStore.getState().frame)
  if (!next) {
    current = undefined
  } else if (
    !current ||
    current.query !== next.query ||
    current.origin !== next.origin ||
    current.stale !== next.stale ||
    current.run !== next.run
  ) {
    current = { ...next, decoded: decodeQuery(next.query, next.run.model) }
  }
  return current
}

/** {@link currentQuery} for components: renders when the query changes, not with every frame. */
export function useCurrentQuery(): CurrentQuery | undefined {
  return useSyncExternalStore(subscribe, currentQuery)
}

function subscribe(listener: () => void): () => void {
  const stops = [usePlayerStore.subscribe(listener), useRunStore.subscribe(listener)]
  return () => {
    for (const stop of stops) stop()
  }
}
