import * as Comlink from 'comlink'
import { episodeKey, findEntry, sameEpisode, useEpisodeStore } from '../../stores/episodeStore.ts'
import type { EpisodeRef } from '../../stores/episodeStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import type { LoopRange } from '../../stores/playerStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { messageOf, pageFile } from '../addresses.ts'
import type { EpisodeService } from '../workers/episodeWorker.ts'
import { showRecordedRun, takeRecordedScores } from './recordedRuns.ts'
import { showSimulatedRun, simulatedEpisode } from './simulatorEpisodes.ts'

let service: Comlink.Remote<EpisodeService> | undefined

function episodeService(): Comlink.Remote<EpisodeService> {
  service ??= Comlink.wrap<EpisodeService>(
    new Worker(new URL('../workers/episodeWorker.ts', import.meta.url), { type: 'module', name: 'episodes' }),
  )
  return service
}

/** What the page does when an episode was opened. */
export interface OpenedEpisode {
  /** Its frames are there, and its recorded run if it has one. */
  onOpened(): void
  /** After that: its recorded scores are there, or are known to be missing. */
  onScores(): void
}

/** Opens whatever episode is selected, newest first: an answer that comes after another selection is thrown away. */
export function followSelection(opened: OpenedEpisode): void {
  // Its code comes while the list of episodes does.
  episodeService()
  useEpisodeStore.subscribe((state, before) => {
    if (!state.selected || sameEpisode(state.selected, before.selected)) return
    useRunStore.getState().clear()
    useViewStore.getState().clearPaintedStage()
    usePlayerStore.getState().pause()
    void openEpisode(state.selected, opened)
  })
}

/** Where the next episode opens; a link sets it. */
export interface Opening {
  /** Undefined: where there is something to see. */
  frame?: number | undefined
  loop?: LoopRange | undefined
}

let opening: Opening = {}

/** Selects an episode, and says where it opens. */
export function selectEpisode(ref: EpisodeRef, where: Opening = {}): void {
  opening = where
  useEpisodeStore.getState().select(ref)
}

async function openEpisode(ref: EpisodeRef, { onOpened, onScores }: OpenedEpisode): Promise<void> {
  const { frame, loop } = opening
  opening = {}
  const { setLoad } = useEpisodeStore.getState()
  const isCurrent = () => sameEpisode(useEpisodeStore.getState().selected, ref)
  setLoad({ status: 'loading', ref })
  const entry = findEntry(useEpisodeStore.getState().catalog, ref)
  const simulated = simulatedEpisode(ref)
  if (simulated) showSimulatedRun(simulated)
  const recorded = { ref, frames: entry?.frames, isCurrent }
  const runShown = simulated ? undefined : showRecordedRun(recorded)
  try {
    const baseUrl = pageFile(`episodes/${ref.dataset}/`)
    const frames =
      simulated?.frames ?? (await episodeService().readEpisode(ref.dataset, baseUrl, ref.index, entry?.dataPath))
    if (!isCurrent()) return
    // The recorded answer comes first, so that the live one has something to replace.
    await runShown
    if (!isCurrent()) return
    usePlayerStore.getState().open(frames.frames, entry?.fps ?? frames.fps, frame ?? tellingFrame(frames.frames))
    if (loop) usePlayerStore.getState().setLoop(loop)
    setLoad({ status: 'ready', ref, frames: { ...frames, key: episodeKey(ref) } })
    onOpened()
  } catch (error) {
    if (isCurrent()) setLoad({ status: 'failed', ref, message: messageOf(error) })
    return
  }
  if (!simulated) await takeRecordedScores(recorded)
  if (isCurrent()) onScores()
}

/** A frame at which the method has its history and prunes: at frame 0 most methods still keep everything. */
function tellingFrame(frameCount: number): number {
  const queries = useRunStore.getState().recorded?.queries ?? []
  const pruning = queries.filter(({ decisions }) => decisions.length > 0)
  const step = (pruning.find(({ notes }) => notes.mode === 'fine') ?? pruning.at(1) ?? pruning.at(0))?.step
  return step ?? Math.floor(frameCount / 3)
}
