import { create } from 'zustand'
import type { PagePart } from '../core/share/state.ts'

export interface PageState {
  /** Parts that the open link leaves out (`hide=`). */
  hidden: readonly PagePart[]
  /** The page stands in a frame of another one (`embed=1`): cameras and player only. */
  embed: boolean
}

export interface PageActions {
  arrange(state: PageState): void
}

/** What an embedded page leaves out. */
const EMBED_HIDES: readonly PagePart[] = ['header', 'intro', 'episodes', 'method', 'token', 'figures']

/** Which parts of the page are shown. */
export const usePageStore = create<PageState & PageActions>((set) => ({
  hidden: [],
  embed: false,
  arrange: ({ hidden, embed }) => set({ hidden, embed }),
}))

/** Whether a part of the page is shown. */
export function useShows(): (part: PagePart) => boolean {
  const { hidden, embed } = usePageStore()
  return (part) => !hidden.includes(part) && !(embed && EMBED_HIDES.includes(part))
}
