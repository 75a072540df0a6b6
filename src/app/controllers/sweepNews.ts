import { isSweepLockFree, sweepLockFreed } from './sweepLock.ts'

const CHANNEL = 'specprune-sweep'

type Message =
  | { type: 'ask' }
  /** What the sweep of the tab that has the lock is doing, in a sentence. */
  | { type: 'state'; text: string }

/** Tabs of one browser tell each other of their sweeps. */
export interface SweepNews {
  /** Tells the others what this tab's sweep does. */
  tell(text: string): void
  /** Asks what another tab's sweep does. @returns whether there is one */
  ask(): Promise<boolean>
}

/**
 * Begins to listen to the other tabs.
 * @param own what this tab's sweep does; undefined while it does nothing
 * @param heard called with what another tab's sweep does, and with undefined once that has ended, even if its tab was closed
 */
export function openSweepNews(own: () => string | undefined, heard: (text: string | undefined) => void): SweepNews {
  let following = false
  const channel = new BroadcastChannel(CHANNEL)
  const follow = (text: string) => {
    heard(text)
    if (following) return
    following = true
    void sweepLockFreed().then(() => {
      following = false
      heard(undefined)
    })
  }
  const post = (message: Message) => channel.postMessage(message)
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.type === 'state') {
      follow(data.text)
      return
    }
    const text = own()
    if (text !== undefined) post({ type: 'state', text })
  })
  return {
    tell: (text) => post({ type: 'state', text }),
    async ask() {
      if (own() !== undefined || (await isSweepLockFree())) return false
      follow('Running')
      post({ type: 'ask' })
      return true
    },
  }
}
