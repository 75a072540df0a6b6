import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { openLink, writeLink } from './shareLink.ts'

/** Longer than the page waits before it writes its address. */
const LONG_ENOUGH_MS = 2000

beforeEach(() => {
  vi.useFakeTimers()
  // A browser tells of a new fragment later than the page's timer may run; here it never does.
  window.addEventListener('hashchange', (event) => event.stopImmediatePropagation())
  window.location.hash = ''
  openLink([])
  writeLink()
  usePlayerStore.getState().open(60, 20, 0)
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the address of the page', () => {
  it('follows what is shown', () => {
    usePlayerStore.getState().seek(7)
    vi.advanceTimersByTime(LONG_ENOUGH_MS)
    expect(window.location.hash).toContain('f=7')
  })

  it('is not written over a link that was set meanwhile and is about to open', () => {
    usePlayerStore.getState().seek(7)
    window.location.hash = '#v=2&f=24'
    vi.advanceTimersByTime(LONG_ENOUGH_MS)
    expect(window.location.hash).toBe('#v=2&f=24')
  })
})
