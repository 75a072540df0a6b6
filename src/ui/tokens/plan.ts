/** What happens to a token's square on the image. */
export type TokenState = 'kept' | 'dropped-first' | 'dropped-later'

/** A set in the overlay: bit i of a token's mask is entry i of the list. */
export interface OverlaySet {
  name: string
  title: string
  /** Name of a CSS variable. */
  color: string
  count: number
  /** A mark inside the square besides the frame, so that colour is not needed. */
  mark?: 'dot' | 'ring'
}

/** Everything that the painter needs, per visual token id. */
export interface PaintPlan {
  states: readonly TokenState[]
  /** Bits of `sets`. */
  masks: Uint32Array
  sets: readonly OverlaySet[]
  /** 0 ... 1, NaN where there is no value; undefined in modes without a heat map. */
  heat: Float32Array | undefined
  colormap: 'depth' | 'score' | undefined
  /** Regions that are outlined on top; a token's bit i stands for entry i. */
  outline?: Outline
}

/** Regions by bit, drawn as their borders only. */
export interface Outline {
  masks: Uint8Array
  regions: readonly { title: string; color: string }[]
}
