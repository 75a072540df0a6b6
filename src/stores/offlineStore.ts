import { create } from 'zustand'

/** Whether the next visit needs a network. */
export type OfflineStatus =
  /** Development, a frame in another page, or a browser without service workers. */
  | 'unavailable'
  /** What the page needs is being kept. */
  | 'preparing'
  /** The page and everything that was opened so far would open without a network. */
  | 'ready'

export interface OfflineState {
  status: OfflineStatus
}

/** How far the page is with making itself available without a network. */
export const useOfflineStore = create<OfflineState>(() => ({ status: 'unavailable' }))
