import { followFetches } from '../../data/fetchLog.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'
import { useOfflineStore } from '../../stores/offlineStore.ts'
import type { OfflineRequest, TakeOverAnswer } from './messages.ts'

/** The first answer is on the screen by then; the page does not share its network with what is for the next visit. */
const DELAY_MS = 3000
/** A page that stays open asks this often whether there is a newer one. */
const UPDATE_INTERVAL_MS = 3_600_000

/** Makes the page open without a network from the next visit on. Called before anything is fetched. */
export function startOffline(): void {
  // A frame in another page has its own storage there, and a build is what there is to keep.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator) || window.top !== window) return
  const fetched = collectFetches()
  window.addEventListener('load', () => {
    setTimeout(() => {
      useOfflineStore.setState({ status: 'preparing' })
      register(fetched).catch(() => useOfflineStore.setState({ status: 'unavailable' }))
    }, DELAY_MS)
  })
}

/** Addresses that were fetched, handed on as soon as somebody takes them. */
interface Fetches {
  take(callback: (urls: readonly string[]) => void): void
}

function collectFetches(): Fetches {
  let waiting: string[] = []
  let deliver: ((urls: readonly string[]) => void) | undefined
  followFetches((urls) => {
    if (deliver) deliver(urls)
    else waiting.push(...urls)
  })
  return {
    take(callback) {
      deliver = callback
      callback(waiting)
      waiting = []
    },
  }
}

async function register(fetched: Fetches): Promise<void> {
  const { messageSW, Workbox } = await import('workbox-window')
  const worker = new Workbox('./serviceWorker.js', { scope: './' })
  const ask = (target: ServiceWorker, request: OfflineRequest): Promise<unknown> => messageSW(target, request)
  worker.addEventListener('waiting', ({ sw }) => {
    if (sw) offerNewVersion(() => ask(sw, { type: 'take-over' }) as Promise<TakeOverAnswer>)
  })
  // Only a new version that was asked to take over does so while a page is open.
  worker.addEventListener('controlling', ({ isUpdate }) => {
    if (isUpdate) location.reload()
  })
  await worker.register({ immediate: true })
  const { active } = await navigator.serviceWorker.ready
  setInterval(() => void worker.update().catch(() => undefined), UPDATE_INTERVAL_MS)
  let pending = 0
  fetched.take((urls) => {
    if (!active) return
    pending++
    useOfflineStore.setState({ status: 'preparing' })
    void ask(active, { type: 'keep', urls }).finally(() => {
      if (--pending === 0) useOfflineStore.setState({ status: 'ready' })
    })
  })
}

const NOTICE = { id: 'update', title: 'A new version of this page is ready' }

function offerNewVersion(takeOver: () => Promise<TakeOverAnswer>): void {
  const { show } = useNoticeStore.getState()
  const offer = (line: string) => show({ ...NOTICE, lines: [line], action: { title: 'Open the new version', run } })
  const run = () => {
    void takeOver().then(({ otherTabs }) => {
      if (otherTabs === 0) return
      const tabs = otherTabs === 1 ? 'another tab, which still uses' : `${otherTabs} other tabs, which still use`
      offer(`This page is open in ${tabs} the old version. Close them first, then try again.`)
    })
  }
  offer(
    'The view is in the address and stays; runs of this visit that were not exported are lost. Or go on with this one.',
  )
}
