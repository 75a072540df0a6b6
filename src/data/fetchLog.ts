/**
 * Addresses that a page and its workers fetch, told to whoever listens. A first visit is served before there is a service
 * worker, which learns from here what to keep for the next.
 */
const CHANNEL = 'specprune-fetches'

/** Tells what this thread has fetched and will fetch. For workers: the page itself sees its own. */
export function announceFetches(): void {
  if (typeof BroadcastChannel === 'undefined' || typeof PerformanceObserver === 'undefined') return
  const channel = new BroadcastChannel(CHANNEL)
  observeFetches((urls) => channel.postMessage(urls))
}

/** Calls back with the addresses that the page and its workers fetched so far, and then with each new one. */
export function followFetches(callback: (urls: readonly string[]) => void): void {
  observeFetches(callback)
  if (typeof BroadcastChannel === 'undefined') return
  new BroadcastChannel(CHANNEL).addEventListener('message', (event: MessageEvent<readonly string[]>) => {
    callback(event.data)
  })
}

function observeFetches(callback: (urls: string[]) => void): void {
  const observer = new PerformanceObserver((list) => callback(list.getEntries().map(({ name }) => name)))
  observer.observe({ type: 'resource', buffered: true })
}
