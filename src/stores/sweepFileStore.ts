import { create } from 'zustand'
import type { SweepFile } from '../data/results/sweep.ts'

/** A saved sweep with the name of its file. */
export interface OpenedSweep {
  name: string
  file: SweepFile
}

export interface SweepFileState {
  /** The sweep that was opened last, beside the page's own. */
  opened: OpenedSweep | undefined
  /** What was wrong with the files that were opened last, in words for people. */
  problems: readonly string[]
}

export interface SweepFileActions {
  /** Takes in what was read; without a readable file the one before stays. */
  take(opened: OpenedSweep | undefined, problems: readonly string[]): void
  close(): void
}

/** A saved sweep of the reader's own or of somebody else: it is shown, and never goes on. */
export const useSweepFileStore = create<SweepFileState & SweepFileActions>((set) => ({
  opened: undefined,
  problems: [],
  take: (opened, problems) => set((state) => ({ opened: opened ?? state.opened, problems })),
  close: () => set({ opened: undefined, problems: [] }),
}))
