import { useMemo } from 'react'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { useCompareStore } from '../../stores/compareStore.ts'
import type { Side } from '../../stores/compareStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import { useShownRun } from '../../stores/runStore.ts'
import { settingsKey } from '../../stores/settings.ts'
import { findTried, useTriedStore } from '../../stores/triedStore.ts'

/** One side with its settings and, once there is one, its run over the open episode. */
export interface ComparedSide {
  side: Side
  settings: MethodSettings
  run: RunRecord | undefined
  /** Where the run comes from; undefined while there is none. */
  origin: string | undefined
}

/** The two sides that the reader compares. */
export function usePair(): { left: ComparedSide; right: ComparedSide } {
  const { left, right } = useCompareStore()
  return { left: useSide(left), right: useSide(right) }
}

/** A side with its run: what the panel shows now, or what a pinned setting gave. */
export function useSide(side: Side): ComparedSide {
  const card = useCompareStore((state) => state.cards.find(({ letter }) => letter === side))
  const panel = useMethodStore()
  const shown = useShownRun()
  const tried = useTriedStore((state) => state.runs)
  const load = useEpisodeStore((state) => state.load)
  return useMemo(() => {
    const settings = card?.settings ?? methodSettings(panel)
    const key = settingsKey(settings)
    const known = load.status === 'ready' ? findTried(tried, key, load.frames.key) : undefined
    const now = !card && shown && !shown.stale ? { run: shown.run, origin: shown.origin } : undefined
    return { side, settings, run: known?.run ?? now?.run, origin: known?.origin ?? now?.origin }
  }, [card, panel, shown, tried, load, side])
}
