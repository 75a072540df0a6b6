import { create } from 'zustand'

/** Playback speeds that the player offers, in multiples of the recorded rate. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4] as const
export type Speed = (typeof SPEEDS)[number]

/** 1 plays on, -1 plays back. */
export type PlayDirection = 1 | -1

/** Frames that are played again and again, both ends included. */
export interface LoopRange {
  from: number
  to: number
}

export interface PlayerState {
  /** Frame on the screen: an integer, 0 ... frameCount - 1. Changes up to 80 times a second: subscribe, do not render. */
  frame: number
  frameCount: number
  /** Control steps a second of the recording. */
  fps: number
  playing: boolean
  direction: PlayDirection
  speed: Speed
  /** Undefined: playback stops at the end of the recording. */
  loop: LoopRange | undefined
}

export interface PlayerActions {
  /** A new recording: stops, goes to `frame`. */
  open(frameCount: number, fps: number, frame?: number): void
  /** Goes to a frame, clamped to the recording. */
  seek(frame: number): void
  /** Moves by whole frames and stops playback. */
  step(delta: number): void
  /** Plays from here; from the other end when this one is reached. */
  play(direction?: PlayDirection): void
  pause(): void
  setSpeed(speed: Speed): void
  /** Goes one speed up or down, as far as there are some. */
  changeSpeed(delta: 1 | -1): void
  /** The loop begins here; it ends where it did, or with the recording. */
  startLoopHere(): void
  /** The loop ends here; it begins where it did, or with the recording. */
  endLoopHere(): void
  setLoop(loop: LoopRange | undefined): void
}

const DEFAULTS: PlayerState = {
  frame: 0,
  frameCount: 0,
  fps: 20,
  playing: false,
  direction: 1,
  speed: 1,
  loop: undefined,
}

/** Playback position. It lives outside React so that a frame costs two canvas draws and no reconciliation. */
export const usePlayerStore = create<PlayerState & PlayerActions>((set, get) => ({
  ...DEFAULTS,
  open: (frameCount, fps, frame = 0) =>
    set({ frameCount, fps, frame: clampFrame(frame, frameCount), playing: false, direction: 1, loop: undefined }),
  seek: (frame) => {
    const next = clampFrame(frame, get().frameCount)
    if (next !== get().frame) set({ frame: next })
  },
  step: (delta) => set({ frame: clampFrame(get().frame + delta, get().frameCount), playing: false }),
  play: (direction = 1) => {
    const { frame, frameCount, loop } = get()
    if (frameCount < 2) return
    set({
      playing: true,
      direction,
      frame: openingFrame(frame, loop ?? whole(frameCount), direction, loop !== undefined),
    })
  },
  pause: () => set({ playing: false }),
  setSpeed: (speed) => set({ speed }),
  changeSpeed: (delta) => {
    const next = SPEEDS.at(Math.max(0, SPEEDS.indexOf(get().speed) + delta))
    if (next !== undefined) set({ speed: next })
  },
  startLoopHere: () => {
    const { frame, frameCount, loop } = get()
    const to = loop && loop.to > frame ? loop.to : frameCount - 1
    if (frame < to) set({ loop: { from: frame, to } })
  },
  endLoopHere: () => {
    const { frame, loop } = get()
    const from = loop && loop.from < frame ? loop.from : 0
    if (from < frame) set({ loop: { from, to: frame } })
  },
  setLoop: (loop) => set({ loop }),
}))

/** A whole frame number inside a recording. */
export function clampFrame(frame: number, frameCount: number): number {
  return Math.max(0, Math.min(Math.max(0, frameCount - 1), Math.round(frame)))
}

function whole(frameCount: number): LoopRange {
  return { from: 0, to: frameCount - 1 }
}

/** Where playback begins: here, unless this is outside the loop or, without one, the end towards which it plays. */
function openingFrame(frame: number, { from, to }: LoopRange, direction: PlayDirection, looping: boolean): number {
  const first = direction > 0 ? from : to
  const last = direction > 0 ? to : from
  if (looping) return frame < from || frame > to ? first : frame
  return frame === last ? first : frame
}
