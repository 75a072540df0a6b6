import type { LayerScores, LayerTrace, PolicyEngine, QueryOptions, QueryResult } from '../../core/policy/engine.ts'
import type {
  HiddenRows,
  KeepDecision,
  LayerSignals,
  RowReplacement,
  ScoreRows,
  SelectorSession,
} from '../../core/pruning/contract.ts'
import { tokenRange } from '../../core/pruning/sets.ts'
import type { Manifest } from '../../core/schema/manifest.ts'
import type { Observation } from '../../core/schema/observation.ts'
import { visualTokenCount } from '../../core/tokens/layout.ts'
import { floatsOf, runGraph, type OrtApi, type OrtSession, type OrtTensor } from '../ort.ts'
import { ObservationInputs } from './observationInputs.ts'
import { StageClock } from './stageClock.ts'
import { DecisionError, keepPositions, replaceRows } from './survivors.ts'

/** The sessions of the layered engine. */
export interface LayeredSessions {
  embed: OrtSession
  /** layers[i] runs layer i + 1. */
  layers: readonly OrtSession[]
  head: OrtSession
}

/** The visual tokens that are still in the sequence, and which rows of the hidden state the next layer takes. */
interface Sequence {
  ids: Int32Array
  positions: Int32Array
}

const SCORE_ROWS = ['text', 'action'] as const satisfies readonly ScoreRows[]
const SCORE_OUTPUTS = { text: 'text_scores', action: 'action_scores' } as const satisfies Record<ScoreRows, string>

/** One graph a layer, so that any selector can remove tokens between any two layers. */
export class LayeredEngine implements PolicyEngine {
  readonly kind = 'layered'
  readonly #ort: OrtApi
  readonly #inputs: ObservationInputs
  readonly #sessions: LayeredSessions
  readonly #visual: Int32Array
  readonly #fixedCount: number
  /** Every position, for layers that take all rows, and the buffer for those that do not. */
  readonly #identity: Int32Array
  readonly #positions: Int32Array

  constructor(ort: OrtApi, manifest: Manifest, sessions: LayeredSessions) {
    this.#ort = ort
    this.#inputs = new ObservationInputs(ort, manifest)
    this.#sessions = sessions
    this.#visual = tokenRange(0, visualTokenCount(manifest.layout))
    this.#fixedCount = manifest.layout.length - this.#visual.length
    this.#identity = tokenRange(0, manifest.layout.length)
    this.#positions = new Int32Array(manifest.layout.length)
  }

  async query(observation: Observation, options: QueryOptions = {}): Promise<QueryResult> {
    const { session, taps = 'needed', signal } = options
    signal?.throwIfAborted()
    const clock = new StageClock()
    const inputs = this.#inputs.write(observation)
    clock.lap('observe')
    const embedded = await runGraph(this.#sessions.embed, inputs, ['hidden'])
    clock.lap('embed')

    let hidden = embedded.hidden
    try {
      const layers: LayerTrace[] = []
      const scores: LayerScores[] = []
      let sequence: Sequence = { ids: this.#visual.slice(), positions: this.#identity }
      const embedHidden = await readHidden(session, 0, hidden)
      const embedDecision = decide(session, { layer: 0, ids: sequence.ids, ...embedHidden })
      hidden = this.#replace(hidden, embedHidden.hidden, sequence.ids, embedDecision?.replace, 0)
      sequence = this.#apply(sequence, embedDecision, 0)
      clock.lap('select')

      for (let layer = 1; layer <= this.#sessions.layers.length; layer++) {
        signal?.throwIfAborted()
        const rows = rowsToRead(session, layer, taps)
        const outputs = await this.#runLayer(layer, hidden, sequence.positions, rows)
        hidden.dispose()
        hidden = outputs.hidden
        clock.lap('layers')
        const { ids } = sequence
        for (const row of rows) scores.push({ layer, rows: row, ids, values: outputs.scores[row].slice(0, ids.length) })
        const read = await readHidden(session, layer, hidden)
        const decision = decide(session, { ...signalsOf(session, layer, ids, scores), ...read })
        layers.push({ layer, visualTokens: ids.length, ...(decision ? { decision } : {}) })
        hidden = this.#replace(hidden, read.hidden, ids, decision?.replace, layer)
        if (layer < this.#sessions.layers.length) sequence = this.#apply(sequence, decision, layer)
        else if (decision) keepPositions(ids, decision.keep, this.#fixedCount, layer, this.#positions)
        clock.lap('select')
      }

      signal?.throwIfAborted()
      const chunk = await this.#runHead(hidden)
      clock.lap('head')
      const { latencyMs, stagesMs } = clock
      return {
        chunk,
        layers,
        ...(embedDecision ? { embedDecision } : {}),
        scores,
        survivors: sequence.ids,
        latencyMs,
        stagesMs,
      }
    } finally {
      hidden.dispose()
    }
  }

  async dispose(): Promise<void> {
    const { embed, layers, head } = this.#sessions
    for (const session of [embed, ...layers, head]) await session.release()
  }

  async #runLayer(
    layer: number,
    hidden: OrtTensor,
    positions: Int32Array,
    rows: readonly ScoreRows[],
  ): Promise<{ hidden: OrtTensor; scores: Record<ScoreRows, Float32Array> }> {
    const keep = new this.#ort.Tensor('int32', positions, [positions.length])
    const fetches = ['hidden_out' as const, ...rows.map((row) => SCORE_OUTPUTS[row])]
    const outputs = await runGraph(this.#sessions.layers[layer - 1], { hidden, keep }, fetches)
    const scores: Record<ScoreRows, Float32Array> = { text: EMPTY, action: EMPTY }
    for (const row of rows) scores[row] = floatsOf(outputs[SCORE_OUTPUTS[row]])
    return { hidden: outputs.hidden_out, scores }
  }

  async #runHead(hidden: OrtTensor): Promise<Float32Array> {
    const outputs = await runGraph(this.#sessions.head, { hidden }, ['chunk'])
    const chunk = floatsOf(outputs.chunk).slice()
    outputs.chunk.dispose()
    return chunk
  }

  /** The hidden state with some rows replaced: the same tensor if there is nothing to replace, else a new one. */
  #replace(
    hidden: OrtTensor,
    read: HiddenRows | undefined,
    ids: Int32Array,
    replacement: RowReplacement | undefined,
    layer: number,
  ): OrtTensor {
    if (!replacement) return hidden
    if (!read) {
      throw new DecisionError(`hidden states are replaced after layer ${layer}, where the plan reads none.`, layer)
    }
    const replaced = new this.#ort.Tensor('float32', replaceRows(read, ids, replacement, layer), hidden.dims)
    hidden.dispose()
    return replaced
  }

  #apply(sequence: Sequence, decision: KeepDecision | undefined, layer: number): Sequence {
    if (!decision) {
      return { ids: sequence.ids, positions: this.#identity.subarray(0, sequence.ids.length + this.#fixedCount) }
    }
    const positions = keepPositions(sequence.ids, decision.keep, this.#fixedCount, layer, this.#positions)
    return { ids: decision.keep.slice(), positions }
  }
}

/** The hidden states, if the plan asks for them behind this layer. They are read before the tensor is reused. */
async function readHidden(
  session: SelectorSession | undefined,
  layer: number,
  hidden: OrtTensor,
): Promise<{ hidden?: HiddenRows }> {
  if (!session?.plan.hiddenLayers?.includes(layer)) return {}
  const values = await hidden.getData()
  if (!(values instanceof Float32Array)) throw new Error(`Expected float32 hidden states, got ${hidden.type}.`)
  return { hidden: { values, width: hidden.dims[2] } }
}

const EMPTY: Float32Array = new Float32Array(0)

/** Scores that must be read back after a layer; every read-back stops the GPU once. */
function rowsToRead(session: SelectorSession | undefined, layer: number, taps: 'needed' | 'all'): ScoreRows[] {
  return SCORE_ROWS.filter((rows) => taps === 'all' || plannedLayers(session, rows).includes(layer))
}

function plannedLayers(session: SelectorSession | undefined, rows: ScoreRows): readonly number[] {
  return (rows === 'text' ? session?.plan.textLayers : session?.plan.actionLayers) ?? []
}

/** What the selector may read: the scores that its plan names, also where `taps: 'all'` has read more. */
function signalsOf(
  session: SelectorSession | undefined,
  layer: number,
  ids: Int32Array,
  scores: readonly LayerScores[],
): LayerSignals {
  const signals: LayerSignals = { layer, ids }
  for (const score of scores) {
    if (score.layer === layer && plannedLayers(session, score.rows).includes(layer)) signals[score.rows] = score.values
  }
  return signals
}

function decide(session: SelectorSession | undefined, signals: LayerSignals): KeepDecision | undefined {
  const decision = session?.afterLayer(signals)
  if (decision && !session?.plan.decisionLayers.includes(signals.layer)) {
    throw new DecisionError(
      `a decision was taken after layer ${signals.layer}, where the plan has none.`,
      signals.layer,
    )
  }
  return decision
}
