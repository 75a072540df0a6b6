import type { Action, Observation, RgbImage, ViewId } from '../schema/observation.ts'
import type { TokenLayout } from '../tokens/layout.ts'
import type { FusedRequest } from './fused.ts'
import type { ParameterSchema, ParameterValues } from './parameters.ts'

/** Mode of the action-aware controller (SpecPrune section 4.4). */
export type ControllerMode = 'coarse' | 'fine'

/** Whether the scores that a query inherits come from a forward that kept everything or from one that had removed tokens. */
export type GateProvenance = 'dense' | 'pruned'

/** Rows of attention that score the visual tokens: the instruction's words or the action queries. */
export type ScoreRows = 'text' | 'action'

/** What the selector may read after a layer. Arrays run over `ids`, never over compacted positions. */
export interface LayerSignals {
  /** 1-based number of the layer that has just run; 0 = after the embedding, before layer 1. */
  layer: number
  /** Token ids of the visual tokens that took part in this layer, ascending. */
  ids: Int32Array
  /**
   * Attention mass of the text rows onto `ids`: softmax over ALL keys, averaged over heads and rows.
   * Present only at layers that the plan asks for.
   */
  text?: Float32Array
  /** The same for the action rows. */
  action?: Float32Array
  /** Hidden states behind this layer (0: the embedding). Present only at layers that the plan asks for. */
  hidden?: HiddenRows
  /** Tokens that took part in this layer only as keys and values of an earlier query. Present if there are any. */
  reused?: ReusedRows
  /**
   * Tokens whose keys and values of the previous query are there for every later layer, ascending. Absent where there are
   * none: at the first query of an episode, and where the plan reuses nothing.
   */
  cached?: Int32Array
}

/** Tokens that are in the sequence as cached keys and values, with the attention onto them. */
export interface ReusedRows {
  /** Ascending. */
  ids: Int32Array
  /** As in the signals: softmax over ALL keys, cached ones included. */
  text?: Float32Array
  action?: Float32Array
}

/** Hidden states as they lie in the sequence. */
export interface HiddenRows {
  /**
   * Row-major `[ids.length + fixed, width]`: a row per entry of the signals' `ids`, then one per fixed token
   * (proprioception, text, action) in the order of the layout. Not to be changed.
   */
  values: Float32Array
  width: number
}

/** Which visual tokens go on to the next layer, and why. */
export interface KeepDecision {
  /** Token ids that stay: ascending, without repetition, a subset of the signals' `ids`. */
  keep: Int32Array
  /** The sets that kept them, for example `global`, `dynamic`, `local:1`, `layer:6`; their union is `keep`. */
  sets: readonly KeepSet[]
  /** The number by which the decision ranked tokens, per entry of the signals' `ids`, if there was one. */
  score?: Float32Array
  /**
   * Reuse: tokens that take part in all later layers, but only as the keys and values that they had there in the previous
   * query. Ascending, a subset of the signals' `ids` and `cached`, nothing of `keep`. Tokens reused earlier stay so. With it
   * `keep` may be empty.
   */
  reuse?: Int32Array
  /** Merging: new hidden states for some of the tokens that stay. Only where the plan reads the hidden states. */
  replace?: RowReplacement
}

/** New hidden states of tokens. */
export interface RowReplacement {
  /** A subset of the decision's `keep`, ascending. */
  ids: Int32Array
  /** Row-major `[ids.length, width]`. */
  rows: Float32Array
}

/** A named reason and the token ids that it kept. */
export interface KeepSet {
  name: string
  /** Ascending token ids. */
  ids: Int32Array
}

/** What is known before a query runs. */
export interface QueryInput {
  /** Control step of the observation since the episode began. */
  step: number
  observation: Observation
  /** Images `stepsBack` control steps earlier, or undefined if the episode is younger than that. 0 is the present. */
  imagesAt(stepsBack: number): Record<ViewId, RgbImage> | undefined
  /** Actions executed since the previous query, oldest first. Empty at the first query. */
  executedActions: readonly Action[]
}

/** What happened in a query, told to the selector when its chunk is known. */
export interface QuerySummary {
  /** Predicted actions, row-major `[chunk, 7]`. */
  chunk: Float32Array
  /** Visual token ids that reached the last layer. Empty where none was run. */
  survivors: Int32Array
  /** The policy was not run: the chunk is what {@link Selector.repeat} gave. */
  repeated?: boolean
}

/** A control step after it was executed. */
export interface ExecutedStep {
  action: Action
  /** Actions of the current chunk that have not been executed yet and still would be. */
  remaining: number
}

/** Things worth showing about the selector's state; all optional because most methods have no controller. */
export interface SelectorNotes {
  mode?: ControllerMode
  /** How many control steps back the dynamic set compared frames; undefined when it had no frame that old. */
  lookBackSteps?: number
  /** Norm of the summed translation of the executed actions, in action units. */
  speed?: number
  /** True when the query kept everything for lack of history. */
  warmUp?: boolean
  /** Where the scores inherited from the previous query come from; undefined when nothing was inherited. */
  gateProvenance?: GateProvenance
}

/** Where a selector needs scores and where it may remove tokens; fixed for an episode, so engines read back no more. */
export interface SelectorPlan {
  /** Layers (1-based) after which text-row scores are read. */
  textLayers: readonly number[]
  actionLayers: readonly number[]
  /** Layers after which `afterLayer` may return a decision; 0 = before layer 1. */
  decisionLayers: readonly number[]
  /**
   * Layers (0 = the embedding) after which the hidden states are read: by far the largest read-back, so most methods have
   * none. Such a method cannot be previewed from recorded scores.
   */
  hiddenLayers?: readonly number[]
  /** Whether decisions may reuse keys and values: engines then keep those of every query until the next. */
  reuses?: boolean
  /** A dense forward outside the timed path, if the selector wants one. */
  densePass?: DensePass
}

/**
 * A forward that keeps every token and whose action is thrown away: only its attention is told to the selector
 * (`afterDense`). Drivers run it outside the timed path and report its cost separately.
 */
export interface DensePass {
  /**
   * `before`: on the frame of the query, ahead of it (an oracle, for no robot can wait for it). `after`: on the same frame
   * once the chunk is known, while it is executed (dense refresh); left out when the query itself removed nothing.
   */
  moment: 'before' | 'after'
  textLayers: readonly number[]
  actionLayers: readonly number[]
  hiddenLayers?: readonly number[]
}

/**
 * A pruning method with its parameters bound. Every function is pure: state in, state out.
 * The functions are called in this order, once an episode / once a query / once a layer:
 * `beginEpisode`, then for each query `beforeQuery`, `afterLayer` (layers 0, 1, ... N), `afterQuery`,
 * and between queries `afterStep` for each executed action.
 */
export interface Selector<State> {
  plan: SelectorPlan
  /**
   * A new episode or a new instruction: no memory of what was before.
   * @param episode number of the episode (default 0); controls draw from (seed, episode, query), all else ignores it.
   */
  beginEpisode(episode?: number): State
  beforeQuery(state: State, input: QueryInput): State
  /** @returns the tokens that go on, or no decision, which keeps all. */
  afterLayer(state: State, signals: LayerSignals): { state: State; decision?: KeepDecision }
  afterQuery(state: State, summary: QuerySummary): State
  /**
   * What the plan's dense pass saw: layers 0, 1, ... N in order, all tokens in each. Called between `beforeQuery` and the
   * first `afterLayer` (moment `before`), or between the last `afterLayer` and `afterQuery` (moment `after`).
   */
  afterDense?(state: State, signals: readonly LayerSignals[]): State
  /** @returns `replan: true` to throw the rest of the chunk away and query again. */
  afterStep(state: State, step: ExecutedStep): { state: State; replan: boolean }
  notes(state: State): SelectorNotes
  /**
   * The query as numbers for the fused graph, after `beforeQuery`. The decisions are still asked for with `afterLayer`, once
   * the graph has answered, and say why each token stayed.
   * @returns undefined if this query cannot be put that way
   */
  fused?(state: State): FusedRequest | undefined
  /**
   * Actions to execute instead of running the policy, asked after `beforeQuery`: row-major `[1 or more, 7]`. The query then
   * has no layer: no `afterLayer` and no dense pass, only `afterQuery` with these actions.
   * @returns undefined where the policy is to be run
   */
  repeat?(state: State): Float32Array | undefined
}

/** A selector with its state held inside: what engines and drivers use. */
export interface SelectorSession {
  readonly plan: SelectorPlan
  /** @param episode number of the episode (default 0), see {@link Selector.beginEpisode}. */
  beginEpisode(episode?: number): void
  beforeQuery(input: QueryInput): void
  /** Awaited before {@link afterLayer} with the same signals, where the answer comes from another thread. */
  prepare?(signals: LayerSignals): Promise<void>
  afterLayer(signals: LayerSignals): KeepDecision | undefined
  afterQuery(summary: QuerySummary): void
  afterDense?(signals: readonly LayerSignals[]): void
  afterStep(step: ExecutedStep): { replan: boolean }
  notes(): SelectorNotes
  /** See {@link Selector.fused}. */
  fused?(): FusedRequest | undefined
  /** See {@link Selector.repeat}. */
  repeat?(): Float32Array | undefined
  /**
   * Identity of the episode's memory: forks share it, a new episode has a new one. Engines that keep something between
   * queries keep it by this. A session without it gets nothing back.
   */
  readonly lineage?: object
  /** An independent session in the same state; the two share nothing that changes. */
  fork(): SelectorSession
}

/** What a selector knows about the policy that it prunes. */
export interface SelectorContext {
  layout: TokenLayout
  /** Number of transformer layers. */
  layers: number
  /** Seed of the selector's own randomness (random controls only). */
  seed: number
  /** Name of the suite of tasks, where there is one: paper v1 of SpecPrune chose a constant by suite. */
  suite?: string
  /** What was added to the embedding for a token's place; present where the model's weights are at hand. */
  positions?: PositionTable
}

/** Position vectors of the visual tokens as the policy adds them before layer 1, cameras included. */
export interface PositionTable {
  /** Row-major `[visual tokens, width]`, by token id. */
  values: Float32Array
  width: number
}

/** Where a method or a preset comes from. */
export interface Citation {
  title: string
  /** For example "arXiv 2509.05614 v3"; empty for controls. */
  source: string
  url?: string
}

/** A named set of values; parameters that it leaves out have their defaults. */
export interface Preset<S extends ParameterSchema> {
  id: string
  title: string
  citation: Citation
  values: Partial<ParameterValues<S>>
}

/** What a method does with the tokens that it does not keep. */
export type RemovalKind = 'none' | 'remove' | 'merge' | 'reuse' | 'mask'

/** A pruning method as the registry lists it. */
export interface SelectorDefinition<S extends ParameterSchema = ParameterSchema> {
  id: string
  title: string
  /** One or two sentences for the method panel. */
  summary: string
  citation: Citation
  removal: RemovalKind
  /** Whether a query inherits scores of earlier ones; such a method can be run with dense refresh. */
  readsHistory?: boolean
  parameters: S
  presets: readonly Preset<S>[]
  /** @param values complete, checked values (see `parseParameters`). */
  start(values: ParameterValues<S>, context: SelectorContext): SelectorSession
}

/**
 * Binds a pure selector to its state. State objects must never be mutated by the selector.
 * @param origin lineage of a session that this one goes on from
 */
export function createSession<State>(selector: Selector<State>, initial?: State, origin: object = {}): SelectorSession {
  let state = initial ?? selector.beginEpisode()
  let lineage = origin
  return {
    plan: selector.plan,
    get lineage() {
      return lineage
    },
    beginEpisode(episode) {
      lineage = {}
      state = selector.beginEpisode(episode)
    },
    beforeQuery(input) {
      state = selector.beforeQuery(state, input)
    },
    afterLayer(signals) {
      const result = selector.afterLayer(state, signals)
      state = result.state
      return result.decision
    },
    afterQuery(summary) {
      state = selector.afterQuery(state, summary)
    },
    afterDense(signals) {
      state = selector.afterDense?.(state, signals) ?? state
    },
    afterStep(step) {
      const result = selector.afterStep(state, step)
      state = result.state
      return { replan: result.replan }
    },
    notes: () => selector.notes(state),
    fused: () => selector.fused?.(state),
    repeat: () => selector.repeat?.(state),
    fork: () => createSession(selector, state, lineage),
  }
}
