import { create } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { DeviceInfo, QueryRecord, RunRecord } from '../core/schema/runRecord.ts'
import type { DenseFrame } from '../runtime/protocol.ts'
import { attachDense } from '../runtime/queryRecord.ts'

/**
 * Where a run on the screen comes from: `recorded` shipped with the page, `live` computed here,
 * `preview` re-selected from cached dense scores without running the policy.
 */
export type RunOrigin = 'recorded' | 'live' | 'preview'

export type LiveProgress =
  | { status: 'idle' }
  /** Waits for the slider to rest. */
  | { status: 'queued' }
  | { status: 'running'; done: number; total: number }
  | { status: 'done'; total: number }
  | { status: 'aborted'; done: number; total: number }
  | { status: 'failed'; message: string }

/** A run with the revision of the settings that it was made for. */
export interface RevisedRun {
  run: RunRecord
  revision: number
}

export interface RunState {
  /** The run shipped for this episode; its own settings, not the panel's. */
  recorded: RunRecord | undefined
  /** Settings revision at which the recorded run's settings stood in the panel; undefined once they were changed. */
  recordedRevision: number | undefined
  live: RevisedRun | undefined
  /** The live run before, shown dimmed until the new one has something to say. */
  previous: RevisedRun | undefined
  preview: RevisedRun | undefined
  /** The dense run of the same episode at the same frames, by step; live, or decoded from a recorded file. */
  denseFrames: ReadonlyMap<number, DenseFrame>
  denseOrigin: 'recorded' | 'live' | undefined
  /** What the dense policy was shown in place of the recording (`inputEditKey`); empty: the recording. */
  denseEdit: string
  /** Revision of the settings in the panel. */
  wantedRevision: number
  progress: LiveProgress
}

/** Answers of a live run. */
export interface LiveNews {
  queries: readonly QueryRecord[]
  denseFrames: readonly DenseFrame[]
}

export interface RunActions {
  /** Another episode or model: nothing that was computed holds any more. */
  clear(): void
  setRecorded(run: RunRecord | undefined, revision: number | undefined): void
  /** @param edit of the input that they answer; empty: the recording as it is */
  setDenseFrames(frames: ReadonlyMap<number, DenseFrame>, origin: 'recorded' | 'live', edit?: string): void
  want(revision: number): void
  setPreview(preview: RevisedRun | undefined): void
  startLive(run: RunRecord, revision: number, total: number): void
  /** Takes in what a live run brought since the last time: one notification for all of it. */
  addLive(news: LiveNews, revision: number): void
  /** The backend changed in the middle of a run. */
  setLiveDevice(device: DeviceInfo, revision: number): void
  setProgress(progress: LiveProgress): void
}

const DEFAULTS: RunState = {
  recorded: undefined,
  recordedRevision: undefined,
  live: undefined,
  previous: undefined,
  preview: undefined,
  denseFrames: new Map(),
  denseOrigin: undefined,
  denseEdit: '',
  wantedRevision: 0,
  progress: { status: 'idle' },
}

/** Runs of the open episode: recorded, live, and the preview between a slider's move and the live answer. */
export const useRunStore = create<RunState & RunActions>((set) => ({
  ...DEFAULTS,
  clear: () => set((state) => ({ ...DEFAULTS, wantedRevision: state.wantedRevision })),
  setRecorded: (recorded, recordedRevision) => set({ recorded, recordedRevision }),
  setDenseFrames: (denseFrames, denseOrigin, denseEdit = '') => set({ denseFrames, denseOrigin, denseEdit }),
  want: (wantedRevision) => set({ wantedRevision }),
  setPreview: (preview) => set({ preview }),
  startLive: (run, revision, total) =>
    set((state) => ({
      live: { run, revision },
      previous: state.live && state.live.run.queries.length > 0 ? state.live : state.previous,
      progress: { status: 'running', done: 0, total },
    })),
  addLive: ({ queries, denseFrames }, revision) =>
    set((state) => {
      const known: Partial<RunState> = {}
      if (denseFrames.length > 0) {
        // Live frames replace recorded ones step by step, so that sliders answer all the while.
        const added = denseFrames.map((frame) => [frame.step, frame] as const)
        known.denseFrames = new Map([...state.denseFrames, ...added])
        known.denseOrigin = 'live'
      }
      // Queries of a superseded run are dropped; what the dense policy did holds for every run.
      if (state.live?.revision !== revision) return known
      const all = withDense([...state.live.run.queries, ...queries], denseFrames)
      const total = state.progress.status === 'running' ? Math.max(state.progress.total, all.length) : all.length
      const live = { run: { ...state.live.run, queries: all }, revision }
      // A run that is about to be replaced says nothing about how far the new one is.
      if (revision !== state.wantedRevision) return { ...known, live }
      return { ...known, live, progress: { status: 'running', done: all.length, total } }
    }),
  setLiveDevice: (device, revision) =>
    set((state) => {
      if (state.live?.revision !== revision) return state
      return { live: { run: { ...state.live.run, device }, revision } }
    }),
  setProgress: (progress) => set({ progress }),
}))

/** The run that charts and figures show. */
export interface ShownRun {
  run: RunRecord
  origin: RunOrigin
  /** True when it was made for other settings than the panel's: draw it dimmed. */
  stale: boolean
}

/** The run to show: the freshest one that answers the panel's settings, else the last one, marked stale. */
export function shownRun(state: RunState): ShownRun | undefined {
  const { preview, wantedRevision } = state
  const measured = measuredRun(state)
  if (measured && !measured.stale) return measured
  if (preview?.revision === wantedRevision) return { run: preview.run, origin: 'preview', stale: false }
  return measured
}

/** As {@link shownRun}, without previews: nothing was run for them, so they have no times and no actions. */
export function measuredRun(state: RunState): ShownRun | undefined {
  const { live, previous, recorded, recordedRevision, wantedRevision } = state
  const answered = live && live.run.queries.length > 0 ? live : undefined
  if (answered?.revision === wantedRevision) return { run: answered.run, origin: 'live', stale: false }
  if (recorded && recordedRevision === wantedRevision) return { run: recorded, origin: 'recorded', stale: false }
  const last = answered ?? previous
  if (last) return { run: last.run, origin: 'live', stale: true }
  return recorded && { run: recorded, origin: 'recorded', stale: true }
}

/** A query with its origin: what the overlay paints. */
export interface ShownQuery {
  query: QueryRecord
  run: RunRecord
  origin: RunOrigin
  stale: boolean
}

/**
 * The query whose chunk governs a frame, from the best source that has one. A live run that is still streaming
 * answers only for the frames it has reached; a preview fills in the rest.
 */
export function queryAtFrame(state: RunState, frame: number): ShownQuery | undefined {
  const { live, previous, preview, recorded, wantedRevision } = state
  if (live?.revision === wantedRevision) {
    const query = lastQueryBefore(live.run, frame)
    const reached = live.run.queries.at(-1)?.step ?? -1
    if (query && (state.progress.status === 'done' || frame <= reached)) {
      return { query, run: live.run, origin: 'live', stale: false }
    }
  }
  const candidates = [
    { source: state.recordedRevision === wantedRevision ? recorded : undefined, origin: 'recorded', stale: false },
    { source: preview?.revision === wantedRevision ? preview.run : undefined, origin: 'preview', stale: false },
    { source: live?.run, origin: 'live', stale: live?.revision !== wantedRevision },
    { source: previous?.run, origin: 'live', stale: true },
    { source: recorded, origin: 'recorded', stale: true },
  ] as const
  for (const { source, origin, stale } of candidates) {
    const query = source && lastQueryBefore(source, frame)
    if (query) return { query, run: source, origin, stale }
  }
  return undefined
}

/** Fills the dense answer in where it came after the query's record. */
function withDense(queries: QueryRecord[], frames: readonly DenseFrame[]): QueryRecord[] {
  const byStep = new Map(frames.map((frame) => [frame.step, frame]))
  return queries.flatMap((query) => (query.denseChunk === undefined ? attachDense([query], byStep) : [query]))
}

function lastQueryBefore(run: RunRecord, frame: number): QueryRecord | undefined {
  return run.queries.findLast((query) => query.step <= frame)
}

/** {@link shownRun} of the store. */
export function useShownRun(): ShownRun | undefined {
  return useRunStore(useShallow((state) => shownRun(state)))
}

/** {@link measuredRun} of the store. */
export function useMeasuredRun(): ShownRun | undefined {
  return useRunStore(useShallow((state) => measuredRun(state)))
}
