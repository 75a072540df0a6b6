import type { ViewId } from '../core/schema/observation.ts'

/** One line of the list of episodes. */
export interface EpisodeSummary {
  /** Index of the episode in its dataset. */
  index: number
  frames: number
  /** Instructions that the episode's frames carry; recordings of this project have one. */
  instructions: readonly string[]
}

/**
 * Every frame of an episode, decoded. It holds what replays read, so it can be handed to the inference worker as it is.
 * Columns that a dataset may lack are optional.
 */
export interface RecordedEpisode {
  /** Identifies the episode: dataset name, slash, index. */
  key: string
  index: number
  frames: number
  /** Frames per second. */
  fps: number
  /** Side of the square images, pixels. */
  imageSize: number
  /** `[frames, size, size, 3]` of each view. */
  pixels: Record<ViewId, Uint8Array>
  /** `[frames, proprio length]`, raw units. */
  proprio: Float32Array
  /** `[frames, 7]`: the action that was executed from each frame. */
  actions: Float32Array
  instruction: string
  /** `[frames, length]`: simulator states from which a rollout can start again. */
  states?: { length: number; values: Float64Array }
  /** What the demonstrator was doing at each frame, as a number that the recorder defines. */
  phases?: Int32Array
  /** 1 where the task's predicate holds after the frame's action. */
  success?: Uint8Array
  /** Relevance bits per patch, `[frames, patches]`: what the simulator knows the patches to show. */
  relevance?: Record<ViewId, Uint8Array>
}

/** A dataset of episodes, wherever it lies. Calls may overlap. */
export interface EpisodeSource {
  /** Name for people and keys, for example `object`. */
  readonly name: string
  /**
   * Reads what describes the dataset. Must be awaited once before the other calls.
   * @throws EpisodeError
   */
  open(signal?: AbortSignal): Promise<DatasetDescription>
  /** @throws EpisodeError */
  listEpisodes(signal?: AbortSignal): Promise<readonly EpisodeSummary[]>
  /**
   * Fetches and decodes one episode.
   * @throws EpisodeError, or the signal's reason when it is aborted.
   */
  readEpisode(index: number, signal?: AbortSignal): Promise<RecordedEpisode>
  /** Forgets cached metadata. */
  dispose(): void
}

/** What a dataset says about itself. */
export interface DatasetDescription {
  /** For example `LeRobot v3.0`. */
  format: string
  episodes: number
  frames: number
  /** Frames per second. */
  fps: number
  robot: string
  imageSize: number
  /** Names of the proprioceptive vector's entries, where the dataset has them. */
  proprioNames: readonly string[]
}

/** What kind of thing went wrong, for code that reacts to it. */
export type EpisodeErrorCode =
  'network' | 'not-found' | 'corrupt' | 'unsupported-version' | 'unsupported-feature' | 'missing-column' | 'wrong-shape'

/** An episode that cannot be read. The message names the file and says what to do. */
export class EpisodeError extends Error {
  readonly code: EpisodeErrorCode
  /** Path inside the dataset. */
  readonly file: string

  constructor(code: EpisodeErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options)
    this.name = 'EpisodeError'
    this.code = code
    this.file = file
  }
}
