import { usePlayerStore } from '../../stores/playerStore.ts'
import type { LoopRange, PlayDirection } from '../../stores/playerStore.ts'

/** Where playback began and how. */
export interface Playback {
  startFrame: number
  elapsedMs: number
  fps: number
  speed: number
  frameCount: number
  /** Default 1: forwards. */
  direction?: PlayDirection
  /** Frames to repeat; playback that begins inside stays inside and never ends. */
  loop?: LoopRange | undefined
}

/**
 * Frame at a moment of playback. It follows from the time since playback began, not from adding up ticks,
 * so that a slow display skips frames instead of slowing the recording down.
 */
export function frameAt(playback: Playback): { frame: number; ended: boolean } {
  const { startFrame, elapsedMs, fps, speed, frameCount, direction = 1, loop } = playback
  const frame = startFrame + direction * Math.floor((elapsedMs / 1000) * fps * speed + 1e-6)
  if (loop && startFrame >= loop.from && startFrame <= loop.to) {
    const length = loop.to - loop.from + 1
    const offset = (((frame - loop.from) % length) + length) % length
    return { frame: loop.from + offset, ended: false }
  }
  if (frame >= frameCount - 1 && direction > 0) return { frame: frameCount - 1, ended: true }
  if (frame <= 0 && direction < 0) return { frame: 0, ended: true }
  return { frame, ended: false }
}

/** Drives the player store while it plays. @returns a function that stops for good. */
export function startPlaybackEngine(): () => void {
  let request = 0
  let origin: { frame: number; timeMs: number; last: number } | undefined

  const tick = (timeMs: number) => {
    const { playing, frame, fps, speed, frameCount, direction, loop, seek, pause } = usePlayerStore.getState()
    if (!playing) return
    // A seek while playing starts a new count.
    if (origin?.last !== frame) origin = { frame, timeMs, last: frame }
    const elapsedMs = timeMs - origin.timeMs
    const next = frameAt({ startFrame: origin.frame, elapsedMs, fps, speed, frameCount, direction, loop })
    origin.last = next.frame
    seek(next.frame)
    if (next.ended) pause()
    else request = requestAnimationFrame(tick)
  }
  const unsubscribe = usePlayerStore.subscribe((state, before) => {
    const { playing, direction, speed, loop } = state
    const same =
      playing === before.playing && direction === before.direction && speed === before.speed && loop === before.loop
    if (same) return
    // Another way of playing starts a new count too.
    cancelAnimationFrame(request)
    origin = undefined
    if (playing) request = requestAnimationFrame(tick)
  })
  return () => {
    unsubscribe()
    cancelAnimationFrame(request)
  }
}
