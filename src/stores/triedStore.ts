import { create } from 'zustand'
import type { QueryRecord, RunRecord } from '../core/schema/runRecord.ts'
import type { MethodSettings } from './methodStore.ts'
import { settingsKey, settingsOfRun } from './settings.ts'

/** A setting that ran over a whole episode in this visit. */
export interface TriedRun {
  /** Number of the entry in this visit, from 1: the name by which figures and tables call it. */
  number: number
  /** See `settingsKey`. */
  settingsKey: string
  settings: MethodSettings
  episodeKey: string
  origin: 'recorded' | 'live'
  /** Without scores: only what was kept, what was predicted, and times. */
  run: RunRecord
}

export interface TriedState {
  runs: readonly TriedRun[]
}

export interface TriedActions {
  /** Adds a complete run; one of the same settings, episode, model and backend takes the place of the earlier one. */
  add(run: RunRecord, origin: TriedRun['origin']): void
  clear(): void
}

/** More would be unreadable in a chart; the oldest go first. */
const MAX_RUNS = 200

/** Everything that was tried in this visit, for the Pareto chart and comparisons. */
export const useTriedStore = create<TriedState & TriedActions>((set) => ({
  runs: [],
  add: (run, origin) =>
    set(({ runs }) => {
      const settings = settingsOfRun(run)
      if (!settings || !run.episode || run.queries.length === 0) return { runs }
      const episodeKey = `${run.episode.dataset}/${run.episode.index}`
      const key = settingsKey(settings)
      const same = (other: TriedRun) =>
        other.settingsKey === key &&
        other.episodeKey === episodeKey &&
        other.run.model.weightsSha256 === run.model.weightsSha256 &&
        other.run.device.backend === run.device.backend
      const number = runs.find(same)?.number ?? Math.max(0, ...runs.map((other) => other.number)) + 1
      const entry = { number, settingsKey: key, settings, episodeKey, origin, run: withoutScores(run) }
      const kept = runs.filter((other) => !same(other))
      return { runs: [...kept, entry].sort((a, b) => a.number - b.number).slice(-MAX_RUNS) }
    }),
  clear: () => set({ runs: [] }),
}))

/** The newest complete run of some settings over an episode with a model. */
export function findTried(
  runs: readonly TriedRun[],
  key: string,
  episodeKey: string | undefined,
  weightsSha256?: string,
): TriedRun | undefined {
  return runs.findLast(
    (run) =>
      run.settingsKey === key &&
      run.episodeKey === episodeKey &&
      (weightsSha256 === undefined || run.run.model.weightsSha256 === weightsSha256),
  )
}

/** Scores are most of a run's size, and nothing that compares runs reads them. */
function withoutScores(run: RunRecord): RunRecord {
  const queries = run.queries.map((query): QueryRecord => {
    const { scores: _, ...rest } = query
    return { ...rest, decisions: query.decisions.map(({ layer, keep, sets }) => ({ layer, keep, sets })) }
  })
  return { ...run, queries }
}
