import { usePlayerStore } from '../../stores/playerStore.ts'

/**
 * Frame at a moment of playback. It follows from the time since playback began, not from adding up ticks,
 * so that a slow display skips frames instead of slowing the recording down.
 */
export function frameAt(options: {
  startFrame: number
  elapsedMs: number
  fps: number
  speed: number
  frameCount: number
}): { frame: number; ended: boolean } {
  const { startFrame, elapsedMs, fps, speed, frameCount } = options
  const frame = startFrame + Math.floor((elapsedMs / 1000) * fps * speed + 1e-6)
  return frame >= frameCount - 1 ? { frame: frameCount - 1, ended: true } : { frame, ended: false }
}

/** Drives the player store while it plays. @returns a function that stops for good. */
export function startPlaybackEngine(): () => void {
  let request = 0
  let origin: { frame: number; timeMs: number; speed: number; last: number } | undefined

  const tick = (timeMs: number) => {
    const { playing, frame, fps, speed, frameCount, seek, pause } = usePlayerStore.getState()
    if (!playing) return
    // A seek or another speed while playing starts a new count.
    if (origin?.speed !== speed || origin.last !== frame) origin = { frame, timeMs, speed, last: frame }
    const next = frameAt({ startFrame: origin.frame, elapsedMs: timeMs - origin.timeMs, fps, speed, frameCount })
    origin.last = next.frame
    seek(next.frame)
    if (next.ended) pause()
    else request = requestAnimationFrame(tick)
  }
  const unsubscribe = usePlayerStore.subscribe((state, before) => {
    if (state.playing === before.playing) return
    cancelAnimationFrame(request)
    origin = undefined
    if (state.playing) request = requestAnimationFrame(tick)
  })
  return () => {
    unsubscribe()
    cancelAnimationFrame(request)
  }
}
