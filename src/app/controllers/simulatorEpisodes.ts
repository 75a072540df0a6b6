import type { RunRecord } from '../../core/schema/runRecord.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import type { EpisodeEntry, EpisodeGroup, EpisodeRef } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useRunStore } from '../../stores/runStore.ts'

/** Name of the group of episodes that were played in this page; no folder has it. */
const DATASET = 'played-here'

/** An episode holds every pixel, about 15 MB for 150 frames: older ones leave the list. */
const MAX_EPISODES = 6

/** An episode that was played here, with the run that played it. */
export interface SimulatedEpisode {
  frames: RecordedEpisode
  run: RunRecord
}

/** Beyond the numbers of recordings. */
const FIRST_INDEX = 1000

const episodes = new Map<number, SimulatedEpisode>()
let count = 0

/** The episode that a reference names, if it was played in this page. */
export function simulatedEpisode(ref: EpisodeRef): SimulatedEpisode | undefined {
  return ref.dataset === DATASET ? episodes.get(ref.index) : undefined
}

/** Puts an episode at the head of the list and opens it in the player. */
export function openSimulatedEpisode(episode: SimulatedEpisode, notes: readonly string[]): void {
  const index = FIRST_INDEX + count++
  const { frames, run } = episode
  episodes.set(index, { frames: { ...frames, key: `${DATASET}/${index}`, index }, run })
  const entry: EpisodeEntry = {
    dataset: DATASET,
    index,
    instruction: frames.instruction,
    frames: frames.frames,
    fps: frames.fps,
    notes,
    thumbnailUrl: firstPicture(frames),
    ...(run.outcome ? { success: run.outcome.success } : {}),
  }
  const { catalog, setCatalog, select } = useEpisodeStore.getState()
  const groups = catalog.status === 'ready' ? catalog.groups : []
  setCatalog({ status: 'ready', groups: withEntry(groups, entry) })
  select({ dataset: DATASET, index })
}

/**
 * Shows the run that played an episode. The panel takes its settings over, so that the live run that follows answers the
 * same question and its scores fill in.
 */
export function showSimulatedRun({ run }: SimulatedEpisode): void {
  const { id: methodId, preset: presetId, parameters } = run.method
  useMethodStore.getState().apply({
    methodId,
    presetId,
    parameters,
    executeSteps: run.executeSteps,
    seed: run.seed,
    // Closed loops know no brush.
    forced: '',
    instruction: '',
  })
  useRunStore.getState().setRecorded(run, useMethodStore.getState().revision)
}

function withEntry(groups: readonly EpisodeGroup[], entry: EpisodeEntry): EpisodeGroup[] {
  const own = groups.find(({ dataset }) => dataset === DATASET)?.episodes ?? []
  const listed = [...own, entry].slice(-MAX_EPISODES)
  for (const index of episodes.keys()) if (!listed.some((other) => other.index === index)) episodes.delete(index)
  const others = groups.filter(({ dataset }) => dataset !== DATASET)
  // At the end: links that name no dataset mean the first group.
  return [...others, { dataset: DATASET, title: 'Played here', episodes: listed }]
}

/** The front camera's first frame as an address. */
function firstPicture({ imageSize, pixels }: RecordedEpisode): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = imageSize
  const image = new ImageData(imageSize, imageSize)
  for (let to = 0, from = 0; to < image.data.length; to += 4, from += 3) {
    image.data.set([pixels.front[from], pixels.front[from + 1], pixels.front[from + 2], 255], to)
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas.toDataURL()
}
