import type { ScoreRows } from '../pruning/contract.ts'
import type { ParameterValue } from '../pruning/parameters.ts'

/** Version of the link format that this code writes. */
export const SHARE_VERSION = 1

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
  overlay: OverlayMode
  /** Layer that the overlay shows; undefined: the last one. */
  layer?: number
  scoreRows: ScoreRows
  /** Visual token id whose story stays open. */
  pinnedToken?: number
  /** Id of the tab that is open under the cameras. */
  tab: string
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
