/** What the page asks its service worker. */
export type OfflineRequest =
  /** Files that the page fetched before the service worker was there: they are kept for the next visit. */
  | { type: 'keep'; urls: readonly string[] }
  /** A new version that waits is to take over, unless other tabs still show the old one. */
  | { type: 'take-over' }

/** The service worker's answer to `take-over`. */
export interface TakeOverAnswer {
  /** Tabs besides the one that asks; the new version waits while there are some. */
  otherTabs: number
}
