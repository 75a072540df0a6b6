import { describe, expect, it } from 'vitest'
import { clampShareState } from './clamp.ts'
import { SHARE_DEFAULTS } from './state.ts'

describe('clampShareState', () => {
  const state = { ...SHARE_DEFAULTS, episode: 3, frame: 9999, layer: 20, pinnedToken: 600, executeSteps: 16 }

  it('leaves alone what fits and what is not known yet', () => {
    expect(clampShareState(state, {})).toEqual({ state, notes: [] })
    const limits = { frames: 10_000, episodes: 4, layers: 20, visualTokens: 601, chunkLength: 16 }
    expect(clampShareState(state, limits)).toEqual({ state, notes: [] })
  })

  it('ends a loop with the episode, or has none', () => {
    const looped = (from: number, to: number) => {
      const { state, notes } = clampShareState({ ...SHARE_DEFAULTS, loop: { from, to } }, { frames: 118 })
      return [state.loop, notes.length]
    }
    expect(looped(4, 117)).toEqual([{ from: 4, to: 117 }, 0])
    expect(looped(4, 200)).toEqual([{ from: 4, to: 117 }, 1])
    expect(looped(117, 200)).toEqual([undefined, 1])
  })

  it('moves everything inside and says so', () => {
    const limits = { frames: 118, episodes: 3, layers: 12, visualTokens: 512, chunkLength: 8 }
    const { state: clamped, notes } = clampShareState(state, limits)
    expect(clamped).toEqual({ ...SHARE_DEFAULTS, episode: 2, frame: 117, executeSteps: 8 })
    expect(notes).toHaveLength(5)
    expect(notes).toContain('Frame 9999 is past the end of the episode; the last frame, 117, is shown.')
    expect(clampShareState(clamped, limits).notes).toEqual([])
  })
})
