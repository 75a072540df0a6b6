import { create } from 'zustand'
import type { RecordedEpisode } from '../data/episodeSource.ts'

/** Which recorded episode: its dataset's folder name and its number in the dataset. */
export interface EpisodeRef {
  dataset: string
  index: number
}

/** One line of the episode list. */
export interface EpisodeEntry extends EpisodeRef {
  instruction: string
  frames: number
  /** Control steps a second. */
  fps: number
  /** Address of a small picture, relative to the page. */
  thumbnailUrl?: string
  /** Its file in the dataset's folder, where there is one. */
  dataPath?: string
  /** Things worth knowing before opening it, for example "recovered mistake". */
  notes: readonly string[]
  success?: boolean
}

/** Episodes under one heading. */
export interface EpisodeGroup {
  dataset: string
  title: string
  episodes: readonly EpisodeEntry[]
}

export type CatalogState =
  { status: 'loading' } | { status: 'ready'; groups: readonly EpisodeGroup[] } | { status: 'failed'; message: string }

export type EpisodeLoad =
  | { status: 'none' }
  | { status: 'loading'; ref: EpisodeRef }
  | { status: 'ready'; ref: EpisodeRef; frames: RecordedEpisode }
  | { status: 'failed'; ref: EpisodeRef; message: string }

export interface EpisodeState {
  catalog: CatalogState
  /** The episode that the reader chose; `load` follows it. */
  selected: EpisodeRef | undefined
  load: EpisodeLoad
}

export interface EpisodeActions {
  setCatalog(catalog: CatalogState): void
  select(ref: EpisodeRef): void
  setLoad(load: EpisodeLoad): void
}

const DEFAULTS: EpisodeState = { catalog: { status: 'loading' }, selected: undefined, load: { status: 'none' } }

/** The catalogue of recorded episodes and the one that is open. */
export const useEpisodeStore = create<EpisodeState & EpisodeActions>((set) => ({
  ...DEFAULTS,
  setCatalog: (catalog) => set({ catalog }),
  select: (selected) => set({ selected }),
  setLoad: (load) => set({ load }),
}))

/** The name under which caches and the inference worker know an episode. */
export function episodeKey(ref: EpisodeRef): string {
  return `${ref.dataset}/${ref.index}`
}

/** Whether two references name the same episode. */
export function sameEpisode(a: EpisodeRef | undefined, b: EpisodeRef | undefined): boolean {
  return a?.dataset === b?.dataset && a?.index === b?.index
}

/** The catalogue's line about an episode, if it is known. */
export function findEntry(catalog: CatalogState, ref: EpisodeRef | undefined): EpisodeEntry | undefined {
  if (catalog.status !== 'ready' || !ref) return undefined
  for (const group of catalog.groups) {
    const found = group.episodes.find((entry) => sameEpisode(entry, ref))
    if (found) return found
  }
  return undefined
}

/** The open episode's frames, once they are decoded. */
export function useEpisodeFrames(): RecordedEpisode | undefined {
  return useEpisodeStore((state) => (state.load.status === 'ready' ? state.load.frames : undefined))
}

/** The catalogue's line about the selected episode. */
export function useSelectedEntry(): EpisodeEntry | undefined {
  return useEpisodeStore((state) => findEntry(state.catalog, state.selected))
}
