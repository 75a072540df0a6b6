import { describe, expect, it } from 'vitest'
import { frameAt } from './playback.ts'

const recording = { startFrame: 10, fps: 20, speed: 1, frameCount: 100 }

describe('frameAt', () => {
  it('shows every frame for its full time', () => {
    expect(frameAt({ ...recording, elapsedMs: 49 }).frame).toBe(10)
    expect(frameAt({ ...recording, elapsedMs: 50 }).frame).toBe(11)
    expect(frameAt({ ...recording, elapsedMs: 1000 }).frame).toBe(30)
  })

  it('follows the speed', () => {
    expect(frameAt({ ...recording, speed: 0.1, elapsedMs: 499 }).frame).toBe(10)
    expect(frameAt({ ...recording, speed: 4, elapsedMs: 100 }).frame).toBe(18)
  })

  it('ends on the last frame', () => {
    expect(frameAt({ ...recording, elapsedMs: 60_000 })).toEqual({ frame: 99, ended: true })
  })
})
