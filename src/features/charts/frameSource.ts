/** Where charts learn which frame is on the screen, without a React render per frame. */
export interface FrameSource {
  /** The frame now. */
  get(): number
  /** Calls back after every change. @returns a function that ends it. */
  subscribe(listener: () => void): () => void
}

/** What all charts over frames need besides their numbers. */
export interface TimelineProps {
  /** Frames of the episode: the length of the frame axis. */
  frameCount: number
  frames: FrameSource
  /** A reader chose a frame by click or in the table. */
  onSeek: (frame: number) => void
}
