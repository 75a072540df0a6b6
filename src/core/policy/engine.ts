import type { KeepDecision, ScoreRows, SelectorSession } from '../pruning/contract.ts'
import type { Observation } from '../schema/observation.ts'

/** A way to run the policy. */
export type EngineKind = 'dense' | 'layered' | 'fused'

/**
 * The engine that a live run asks for. `fused` runs the queries that can be put into the fused graph, the layered engine the
 * others; `auto` is that on WebGPU, where read-backs cost most, and the layered engine on the processor.
 */
export const ENGINE_CHOICES = ['auto', 'layered', 'fused'] as const
export type EngineChoice = (typeof ENGINE_CHOICES)[number]

/** Attention scores of one layer, over the visual tokens that took part in it. */
export interface LayerScores {
  layer: number
  rows: ScoreRows
  ids: Int32Array
  values: Float32Array
}

/** What one layer ran on and what was decided after it. */
export interface LayerTrace {
  /** 1-based; entry 0 of a trace list is layer 1. */
  layer: number
  /** Visual tokens that took part. */
  visualTokens: number
  /** Visual tokens that took part only as keys and values of an earlier query. */
  reusedTokens?: number
  /** Decision taken after this layer, if the selector took one. */
  decision?: KeepDecision
}

/** Milliseconds from observation to action, by stage. Their sum is at most the latency. */
export interface StageTimesMs {
  /** Pixels, words and proprio into tensors. */
  observe: number
  /** The selector's own work, all layers together. */
  select: number
  embed: number
  layers: number
  head: number
}

/** A policy inference. */
export interface QueryResult {
  /** Actions, row-major `[chunk, 7]`, in [-1, 1]. */
  chunk: Float32Array
  /** One entry per layer; the dense engine reports full lengths. */
  layers: LayerTrace[]
  /** Decision taken before layer 1, if any. */
  embedDecision?: KeepDecision
  /** Scores that were read back: those that the selector's plan names, or all layers with `taps: 'all'`. */
  scores: LayerScores[]
  /** Visual token ids that reached the last layer. */
  survivors: Int32Array
  /** Everything between observation and action, selector included. */
  latencyMs: number
  stagesMs: StageTimesMs
  /** Recorded GPU commands were replayed instead of starting each operator. */
  captured?: boolean
  /** The method repeated earlier actions instead of running the policy: there are no layers and no survivors. */
  repeated?: boolean
}

/** Options of a query. */
export interface QueryOptions {
  /**
   * The selector, whose `beforeQuery` has been called for this observation. The engine calls `afterLayer` only;
   * the driver calls `afterQuery`. Without it nothing is removed.
   */
  session?: SelectorSession
  /** `all` reads text and action scores back after every layer, for overlays. Costs time; never used for latency. */
  taps?: 'needed' | 'all'
  signal?: AbortSignal
}

/** Runs the policy. Calls must not overlap; the inference worker puts a queue in front. */
export interface PolicyEngine {
  readonly kind: EngineKind
  query(observation: Observation, options?: QueryOptions): Promise<QueryResult>
  dispose(): Promise<void>
}
