import type { EngineChoice } from '../policy/engine.ts'
import type { ScoreRows } from '../pruning/contract.ts'
import type { ParameterValue } from '../pruning/parameters.ts'

/**
 * Newest version of the link format that this code writes. A link says the lowest version that has all its keys, so that
 * what an older page can show, it shows without a note.
 */
export const SHARE_VERSION = 3

/** Longest fragment that is written, `#` not counted: some chats and mail programs cut longer addresses. */
export const MAX_FRAGMENT_LENGTH = 2000

/** Hex digits of a SHA-256 that a link carries: enough to notice other weights, short enough to read. */
export const HASH_DIGITS = 8

/** What the overlay on the camera images shows. */
export const OVERLAY_MODES = ['sets', 'survival', 'scores', 'truth'] as const
export type OverlayMode = (typeof OVERLAY_MODES)[number]

/** A model or a dataset by name, pinned by the start of its hash. */
export interface PinnedReference {
  id: string
  /** First {@link HASH_DIGITS} hex digits of the SHA-256. */
  hash?: string
}

/** Parts of the page that a link can leave out, for lessons and papers. */
export const PAGE_PARTS = ['header', 'intro', 'episodes', 'method', 'token', 'pipeline', 'player', 'figures'] as const
export type PagePart = (typeof PAGE_PARTS)[number]

/** A setting that is kept for comparison. */
export interface PinnedSetting {
  method: string
  preset?: string
  /** Only the parameters whose value differs from the preset's. */
  parameters: Readonly<Record<string, ParameterValue>>
  executeSteps: number
  seed: number
  /** See {@link ShareState.forced}. */
  forced?: string
  /** See {@link ShareState.instruction}. */
  instruction?: string
}

/** Frames of an episode, both ends included; `from` is less than `to`. */
export interface FrameRange {
  from: number
  to: number
}

/** Whether a text can stand for an instruction in a link; whether a model knows its words is another matter. */
export function isInstructionText(text: string): boolean {
  return text.length <= 120 && /^[a-z0-9'-]+(?: [a-z0-9'-]+)*$/.test(text)
}

/** Settings that a comparison can hold beside the panel's. */
export const MAX_PINNED = 4

/** Everything that a link holds. The theme is the reader's own and is left out. */
export interface ShareState {
  /** Undefined: the page's first dataset. */
  dataset?: PinnedReference
  model?: PinnedReference
  episode: number
  frame: number
  /** Id of the pruning method. */
  method: string
  /** Undefined: the method's defaults. */
  preset?: string
  /** Only the parameters whose value differs from the preset's. */
  parameters: Readonly<Record<string, ParameterValue>>
  /** Actions of a chunk that are executed before the next query. */
  executeSteps: number
  seed: number
  /** What runs a method that can be put into the fused graph; undefined: chosen by the backend, as `auto`. */
  engine?: EngineChoice
  overlay: OverlayMode
  /** Layer that the overlay shows; undefined: the last one. */
  layer?: number
  scoreRows: ScoreRows
  /** Visual token id whose story stays open. */
  pinnedToken?: number
  /** Id of the tab that is open under the cameras. */
  tab: string
  /** Whether the ground truth is outlined on the cameras. */
  outlineTruth?: true
  /** Tokens that a brush keeps, drops or greys, run-length encoded (`formatForced`). */
  forced?: string
  /** Instruction that the policy reads instead of the episode's own. */
  instruction?: string
  /** Frames that are played again and again, both ends included. */
  loop?: FrameRange
  /** Settings that the panel's are compared with, at most {@link MAX_PINNED}. */
  compare?: readonly PinnedSetting[]
  /** Parts of the page that are left out. */
  hidden?: readonly PagePart[]
  /** Cameras and player only, for a frame in another page. */
  embed?: true
  /** Keys that this version does not know, sorted: written back so that a newer page's link survives. */
  unknown: readonly (readonly [key: string, value: string])[]
}

/** The state that a bare `v=1` stands for. Never change a value: old links leave defaults out. */
export const SHARE_DEFAULTS: ShareState = {
  episode: 0,
  frame: 0,
  method: 'specprune',
  parameters: {},
  executeSteps: 8,
  seed: 0,
  overlay: 'sets',
  scoreRows: 'text',
  tab: 'charts',
  unknown: [],
}
