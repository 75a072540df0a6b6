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

  it('plays back to the first frame', () => {
    expect(frameAt({ ...recording, direction: -1, elapsedMs: 100 })).toEqual({ frame: 8, ended: false })
    expect(frameAt({ ...recording, direction: -1, elapsedMs: 60_000 })).toEqual({ frame: 0, ended: true })
  })

  it('repeats a range in both directions, however much time passed', () => {
    const loop = { from: 8, to: 12 }
    const frames = (direction: 1 | -1) =>
      [0, 1, 2, 3, 4, 5, 50].map((n) => frameAt({ ...recording, loop, direction, elapsedMs: n * 50 }).frame)
    expect(frames(1)).toEqual([10, 11, 12, 8, 9, 10, 10])
    expect(frames(-1)).toEqual([10, 9, 8, 12, 11, 10, 10])
    expect(frameAt({ ...recording, loop, elapsedMs: 60_000 }).ended).toBe(false)
  })

  it('plays past a range that it did not begin in', () => {
    expect(frameAt({ ...recording, loop: { from: 20, to: 30 }, elapsedMs: 2000 }).frame).toBe(50)
  })
})
