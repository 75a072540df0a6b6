/** A camera of the policy. */
export type ViewId = 'front' | 'wrist'

/** The views in the order in which their tokens stand in the sequence. */
export const VIEW_IDS = ['front', 'wrist'] as const satisfies readonly ViewId[]

/** An 8-bit RGB image, row-major, three bytes a pixel, top row first. */
export interface RgbImage {
  width: number
  height: number
  /** `width * height * 3` bytes. */
  data: Uint8Array
}

/** What the policy sees at one control step. */
export interface Observation {
  images: Record<ViewId, RgbImage>
  /** Proprioceptive state; its length and units stand in the model's manifest. */
  proprio: Float32Array
  /** The task in words, for example "put the red cube in the tray". */
  instruction: string
  /**
   * What the simulator knows the patches to show, one byte of {@link RELEVANCE} bits per patch, row-major: for oracles and
   * recalls. Neither the policy nor a method that runs on a robot sees it. Missing where nobody knows.
   */
  relevance?: Record<ViewId, Uint8Array>
}

/** Bits of a patch's relevance for the active goal. */
export const RELEVANCE = { target: 1, destination: 2, gripper: 4, distractor: 8, landmark: 16 } as const

/** Actions are 7-D: dx, dy, dz, droll, dpitch, dyaw, gripper, each in [-1, 1]. */
export const ACTION_SIZE = 7

/** One action of {@link ACTION_SIZE} numbers; +-1 is 2.5 cm of translation or 0.15 rad of rotation; gripper +1 opens, -1 closes. */
export type Action = Float32Array
