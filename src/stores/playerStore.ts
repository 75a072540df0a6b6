import { create } from 'zustand'

/** Playback speeds that the player offers, in multiples of the recorded rate. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4] as const
export type Speed = (typeof SPEEDS)[number]

export interface PlayerState {
  /** Frame on the screen: an integer, 0 ... frameCount - 1. Changes up to 80 times a second: subscribe, do not render. */
  frame: number
  frameCount: number
  /** Control steps a second of the recording. */
  fps: number
  playing: boolean
  speed: Speed
}

export interface PlayerActions {
  /** A new recording: stops, goes to `frame`. */
  open(frameCount: number, fps: number, frame?: number): void
  /** Goes to a frame, clamped to the recording. */
  seek(frame: number): void
  /** Moves by whole frames and stops playback. */
  step(delta: number): void
  play(): void
  pause(): void
  setSpeed(speed: Speed): void
}

const DEFAULTS: PlayerState = { frame: 0, frameCount: 0, fps: 20, playing: false, speed: 1 }

/** Playback position. It lives outside React so that a frame costs two canvas draws and no reconciliation. */
export const usePlayerStore = create<PlayerState & PlayerActions>((set, get) => ({
  ...DEFAULTS,
  open: (frameCount, fps, frame = 0) => set({ frameCount, fps, frame: clampFrame(frame, frameCount), playing: false }),
  seek: (frame) => {
    const next = clampFrame(frame, get().frameCount)
    if (next !== get().frame) set({ frame: next })
  },
  step: (delta) => set({ frame: clampFrame(get().frame + delta, get().frameCount), playing: false }),
  play: () => {
    const { frame, frameCount } = get()
    if (frameCount < 2) return
    set({ playing: true, frame: frame >= frameCount - 1 ? 0 : frame })
  },
  pause: () => set({ playing: false }),
  setSpeed: (speed) => set({ speed }),
}))

/** A whole frame number inside a recording. */
export function clampFrame(frame: number, frameCount: number): number {
  return Math.max(0, Math.min(Math.max(0, frameCount - 1), Math.round(frame)))
}
