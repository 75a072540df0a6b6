import { create } from 'zustand'
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
  if (!next) return (current = undefined)
  const same =
    current?.query === next.query &&
    current.origin === next.origin &&
    current.stale === next.stale &&
    current.run === next.run
  if (!same) current = { ...next, decoded: decodeQuery(next.query, next.run.model) }
  return current
}

const useQueryStore = create<{ current: CurrentQuery | undefined }>(() => ({ current: undefined }))

function follow(): void {
  const next = currentQuery()
  if (next !== useQueryStore.getState().current) useQueryStore.setState({ current: next })
}

usePlayerStore.subscribe(follow)
useRunStore.subscribe(follow)

/** {@link currentQuery} for components: renders when the query changes, not with every frame. */
export function useCurrentQuery(): CurrentQuery | undefined {
  return useQueryStore((state) => state.current)
}
