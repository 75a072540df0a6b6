import { create } from 'zustand'
import type { ResultFile } from '../data/results/readResult.ts'

/** A result with the name of its file. */
export interface LoadedResult {
  name: string
  title: string
  file: ResultFile
}

/** What could be read, and what could not, in words for people. */
export interface LoadedResults {
  results: LoadedResult[]
  problems: string[]
}

export interface ResultFilesState {
  /** Results that the reader opened in this visit, the newest last. */
  results: readonly LoadedResult[]
  /** What was wrong with the files that were opened last. */
  problems: readonly string[]
  /** Name of the result that is shown; undefined: the first. */
  chosen: string | undefined
}

export interface ResultFilesActions {
  /** Takes in files of the reader's own and shows the last of them; a file of the same name is replaced. */
  add(loaded: LoadedResults): void
  choose(name: string): void
}

const DEFAULTS: ResultFilesState = { results: [], problems: [], chosen: undefined }

/** Result files of the reader's own: they stay while other tabs are open. */
export const useResultFilesStore = create<ResultFilesState & ResultFilesActions>((set) => ({
  ...DEFAULTS,
  add: ({ results, problems }) =>
    set((state) => {
      const kept = state.results.filter(({ name }) => !results.some((added) => added.name === name))
      return { results: [...kept, ...results], problems, chosen: results.at(-1)?.name ?? state.chosen }
    }),
  choose: (chosen) => set({ chosen }),
}))

/** The state before anything was opened, for tests. */
export function resetResultFiles(): void {
  useResultFilesStore.setState(DEFAULTS)
}
