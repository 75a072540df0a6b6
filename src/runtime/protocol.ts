import type { CustomInput, CustomSettings } from '../core/pruning/custom.ts'
import type { ParameterValues } from '../core/pruning/parameters.ts'
import type { Manifest } from '../core/schema/manifest.ts'
import type { EngineChoice } from '../core/policy/engine.ts'
import type { ViewId } from '../core/schema/observation.ts'
import type { DeviceInfo, QueryRecord } from '../core/schema/runRecord.ts'
import type { RolloutEnvironment } from './rollout.ts'

/** A step of the fallback ladder, best first. `recorded` shows recorded runs only. */
export type BackendRung = 'webgpu' | 'wasm-threads' | 'wasm'

/** Which backend runs and why the better ones do not. */
export interface BackendChoice {
  rung: BackendRung
  /** Better rungs, in order, each with a sentence for people. */
  rejected: readonly { rung: BackendRung; reason: string }[]
  device: DeviceInfo
  /** True for SwiftShader and the like: correct, but its times say nothing about GPUs. */
  softwareAdapter: boolean
  /** On a GPU: whether the dense graph replays recorded commands. */
  capture?: CaptureReport
}

/** Whether GPU commands are recorded and replayed; if not, why, to follow a colon. */
export type CaptureReport = { status: 'on' } | { status: 'off'; reason: string }

/** Comparison of this device's outputs with the golden vectors of the model. */
export interface GoldenReport {
  status: 'passed' | 'failed'
  /** Largest absolute difference of a chunk, in action units (range [-1, 1]). */
  chunkError: number
  chunkTolerance: number
  scoreError: number
  scoreTolerance: number
  cases: number
}

/** Progress of a download, in bytes over all files. */
export interface LoadProgress {
  phase: 'download' | 'compile' | 'warm-up' | 'golden'
  loadedBytes: number
  totalBytes: number
  /** Bytes that came from the cache rather than the network. */
  cachedBytes: number
}

export interface LoadOptions {
  /** Absolute URL of `manifest.json`. */
  manifestUrl: string
  /** Forces a rung (`?backend=`); the load fails with its reason if the rung is not available. */
  backend?: BackendRung
  /** Forces how the weights are stored (`?storage=`), whatever the manifest prefers for the backend. */
  storage?: ModelStorage
}

/** How a model's matrices are stored: `fp16` is what was trained, rounded; `int8` computes with them. */
export type ModelStorage = 'fp16' | 'int8'

export interface LoadedModel {
  manifest: Manifest
  choice: BackendChoice
  golden: GoldenReport
}

/** Every frame of a recorded episode, as the runs need it. Pixel buffers are `[frames, size, size, 3]`. */
export interface EpisodeFrames {
  /** Identifies the episode; replays name it. */
  key: string
  frames: number
  imageSize: number
  pixels: Record<ViewId, Uint8Array>
  /** `[frames, proprio length]`, raw units. */
  proprio: Float32Array
  /** `[frames, 7]`: the recorded actions, which an open-loop run "executes". */
  actions: Float32Array
  instruction: string
  /** Relevance bits per patch, `[frames, patches]`, where the recording has them. */
  relevance?: Record<ViewId, Uint8Array>
}

/** A selector from a person's file. */
export interface OwnSelector {
  /** Id among the methods; another for every content. */
  id: string
  /** Name of the file. */
  name: string
  settings: CustomSettings
}

export interface ReplayRequest {
  episodeKey: string
  methodId: string
  parameters: ParameterValues
  /** Actions of a chunk executed before the next query. */
  executeSteps: number
  seed: number
  /** Tokens that stay or go whatever the method says, or whose pixels are greyed, as `formatForced` writes them. */
  forced?: string
  /** Default: `auto`. */
  engine?: EngineChoice
  /** What the policy reads instead of the episode's own instruction; its words must be the model's. Empty: the own. */
  instruction?: string
}

/** What the unpruned policy does and attends to at one frame: method-independent, computed once, cached. */
export interface DenseFrame {
  step: number
  /** `[chunk, 7]` */
  chunk: Float32Array
  /** Of the dense engine; warm. */
  latencyMs: number
  /** `[layers, visual tokens]`: attention of the text rows and of the action rows. */
  textScores: Float32Array
  actionScores: Float32Array
  /** `[chunk, 7]` of the layered engine that keeps all: its distance to `chunk` is the floor of every comparison. */
  keepAllChunk?: Float32Array
}

export type ReplayEvent =
  | { type: 'dense'; frame: DenseFrame }
  | { type: 'query'; record: QueryRecord }
  /** The GPU was lost; the run goes on with this backend from the same frame. */
  | { type: 'backend'; choice: BackendChoice; reason: string }

export type ReplayOutcome = { status: 'done' } | { status: 'aborted' } | { status: 'failed'; message: string }

export interface BenchmarkRequest {
  episodeKey: string
  methodId: string
  parameters: ParameterValues
  /** Interleaved rounds: each runs dense and pruned once on the same observations, in random order. */
  rounds: number
  seed: number
}

export interface BenchmarkSample {
  round: number
  /** `fused` where the method can run inside one graph. */
  engine: 'dense' | 'keep-all' | 'pruned' | 'fused'
  step: number
  latencyMs: number
}

/** What a rollout's queries are made with. */
export interface RolloutSettings {
  /** Suite of the task: some methods choose a constant by it. */
  suite: string
  methodId: string
  parameters: ParameterValues
  /** Actions of a chunk executed before the next query. */
  executeSteps: number
  /** Of the method's own randomness. */
  seed: number
}

/** One closed-loop episode. */
export interface RolloutRequest extends RolloutSettings {
  /** Name by which it is changed and cancelled; a new rollout of the same name takes the place of the old one. */
  id: string
  /** Number of the episode, from which random controls draw: the task's seed, as on the command line. */
  episode: number
  /** Control steps after which the episode ends without success. */
  horizonSteps: number
}

/** The world's answer to an action. */
export interface WorldStep {
  success: boolean
  done: boolean
  /** Why the episode ended without success. */
  failure?: string
}

export type RolloutEvent =
  | { type: 'query'; record: QueryRecord }
  /** The GPU was lost; the failed query is repeated with this backend. */
  | { type: 'backend'; choice: BackendChoice; reason: string }

export type RolloutOutcome =
  | { status: 'done'; success: boolean; steps: number; replans: number; failure?: string }
  | { status: 'aborted' }
  | { status: 'failed'; message: string }

/**
 * The inference worker. Calls to the policy never overlap; a new replay aborts the one that runs (newest wins).
 * Exposed with Comlink; callbacks are Comlink proxies.
 */
export interface InferenceService {
  /** @throws LoadError messages for people: network, hash mismatch, wrong manifest, no such backend, cancelled. */
  load(options: LoadOptions, onProgress: (progress: LoadProgress) => void): Promise<LoadedModel>
  cancelLoad(): void
  openEpisode(episode: EpisodeFrames): Promise<void>
  /** Adds a person's own selector to the methods. @param ask runs it elsewhere; rejects for people */
  defineSelector(selector: OwnSelector, ask: (input: CustomInput) => Promise<unknown>): Promise<void>
  replay(request: ReplayRequest, onEvent: (event: ReplayEvent) => void): Promise<ReplayOutcome>
  /** Aborts the replay or benchmark that runs. */
  cancel(): void
  benchmark(request: BenchmarkRequest, onSample: (sample: BenchmarkSample) => void): Promise<ReplayOutcome>
  /** Plays an episode closed loop. Its queries take turns with everything else, so it aborts nothing. */
  rollout(
    request: RolloutRequest,
    world: RolloutEnvironment<WorldStep>,
    onEvent: (event: RolloutEvent) => void,
  ): Promise<RolloutOutcome>
  /** Other settings from the rollout's next query on. @throws if they are none */
  changeRollout(id: string, settings: RolloutSettings): void
  cancelRollout(id: string): void
  dispose(): Promise<void>
}
