import type { LayerScores, LayerTrace, PolicyEngine, QueryOptions, QueryResult } from '../../core/policy/engine.ts'
import type {
  HiddenRows,
  KeepDecision,
  RowReplacement,
  ScoreRows,
  SelectorSession,
} from '../../core/pruning/contract.ts'
import { tokenRange, unionOf } from '../../core/pruning/sets.ts'
import type { Manifest } from '../../core/schema/manifest.ts'
import type { Observation } from '../../core/schema/observation.ts'
import { visualTokenCount } from '../../core/tokens/layout.ts'
import { floatsOf, runGraph, type OrtApi, type OrtSession, type OrtTensor } from '../ort.ts'
import { EpisodeCaches, KeyValueCache } from './keyValueCache.ts'
import type { LazySession } from './lazySession.ts'
import { ObservationInputs } from './observationInputs.ts'
import { decide, readHidden, reusedSignals, rowsToRead, signalsOf } from './signals.ts'
import { StageClock } from './stageClock.ts'
import { checkReuse, DecisionError, keepPositions, replaceRows } from './survivors.ts'

/** The sessions of the layered engine. */
export interface LayeredSessions {
  embed: OrtSession
  /** layers[i] runs layer i + 1. */
  layers: readonly OrtSession[]
  head: OrtSession
  /** reuse[i] runs layer i + 1 with some keys and values from a cache. */
  reuse?: readonly LazySession[]
}

/** The visual tokens that are still in the sequence, and which rows of the hidden state the next layer takes. */
interface Sequence {
  ids: Int32Array
  positions: Int32Array
  /** Tokens that take part as cached keys and values only. */
  reused: Int32Array
}

/** Keys and values of the query before, and those that this query leaves to the next. */
interface Caches {
  before?: KeyValueCache
  after: KeyValueCache
}

/** What a layer computed; scores run over the reused tokens first, then over those that took part, then over the fixed ones. */
interface LayerOutputs {
  hidden: OrtTensor
  scores: Record<ScoreRows, Float32Array>
}

const EMPTY: Float32Array = new Float32Array(0)
const NO_TOKENS: Int32Array = new Int32Array(0)
const NO_CACHE = new KeyValueCache(0)
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
  readonly #caches = new EpisodeCaches()

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

    const caches = this.#openCaches(session)
    let hidden = embedded.hidden
    try {
      const layers: LayerTrace[] = []
      const scores: LayerScores[] = []
      const cached = caches?.before && { cached: caches.before.ids }
      let sequence: Sequence = { ids: this.#visual.slice(), positions: this.#identity, reused: NO_TOKENS }
      const embedHidden = await readHidden(session, 0, hidden)
      const embedDecision = await decide(session, { layer: 0, ids: sequence.ids, ...embedHidden, ...cached })
      hidden = this.#replace(hidden, embedHidden.hidden, sequence.ids, embedDecision?.replace, 0)
      sequence = this.#apply(sequence, embedDecision, 0)
      clock.lap('select')

      for (let layer = 1; layer <= this.#sessions.layers.length; layer++) {
        signal?.throwIfAborted()
        const rows = rowsToRead(session, layer, taps)
        const outputs = await this.#runLayer(layer, hidden, sequence, rows, caches)
        hidden.dispose()
        hidden = outputs.hidden
        clock.lap('layers')
        const { ids, reused } = sequence
        const values = (row: ScoreRows) => outputs.scores[row].slice(reused.length, reused.length + ids.length)
        for (const row of rows) scores.push({ layer, rows: row, ids, values: values(row) })
        const read = await readHidden(session, layer, hidden)
        const signals = { ...signalsOf(session, layer, ids, scores), ...read, ...cached }
        const decision = await decide(session, { ...signals, ...reusedSignals(session, layer, reused, outputs) })
        const trace = { layer, visualTokens: ids.length, ...(reused.length > 0 && { reusedTokens: reused.length }) }
        layers.push({ ...trace, ...(decision ? { decision } : {}) })
        hidden = this.#replace(hidden, read.hidden, ids, decision?.replace, layer)
        const next = this.#apply(sequence, decision, layer)
        if (layer < this.#sessions.layers.length) sequence = next
        clock.lap('select')
      }

      signal?.throwIfAborted()
      const chunk = await this.#runHead(hidden)
      clock.lap('head')
      const { latencyMs, stagesMs } = clock
      if (caches) this.#caches.replace(session?.lineage, caches.after)
      return {
        chunk,
        layers,
        ...(embedDecision ? { embedDecision } : {}),
        scores,
        survivors: unionOf(sequence.ids, sequence.reused),
        latencyMs,
        stagesMs,
      }
    } catch (error) {
      caches?.after.dispose()
      throw error
    } finally {
      hidden.dispose()
    }
  }

  async dispose(): Promise<void> {
    const { embed, layers, head } = this.#sessions
    this.#caches.dispose()
    for (const session of [embed, ...layers, head, ...(this.#sessions.reuse ?? [])]) await session.release()
  }

  /** Only methods that reuse pay for keys and values that leave the graphs. */
  #openCaches(session: SelectorSession | undefined): Caches | undefined {
    if (!session?.plan.reuses) return undefined
    if (!this.#sessions.reuse) {
      throw new DecisionError('this model has no graphs that take keys and values from a cache; export it again.', 1)
    }
    const before = this.#caches.of(session.lineage)
    return { after: new KeyValueCache(this.#visual.length), ...(before && { before }) }
  }

  async #runLayer(
    layer: number,
    hidden: OrtTensor,
    { ids, positions, reused }: Sequence,
    rows: readonly ScoreRows[],
    caches: Caches | undefined,
  ): Promise<LayerOutputs> {
    const keep = this.#int32(positions)
    const scored = rows.map((row) => SCORE_OUTPUTS[row])
    const outputs = !caches
      ? await runGraph(this.#sessions.layers[layer - 1], { hidden, keep }, ['hidden_out' as const, ...scored])
      : await this.#runCached(layer, { hidden, keep }, { ids, reused }, scored, caches)
    const scores: Record<ScoreRows, Float32Array> = { text: EMPTY, action: EMPTY }
    for (const row of rows) scores[row] = floatsOf(outputs[SCORE_OUTPUTS[row]])
    return { hidden: outputs.hidden_out, scores }
  }

  /** A layer whose keys and values go into the new cache; those of reused tokens come from the one before. */
  async #runCached(
    layer: number,
    feeds: Record<'hidden' | 'keep', OrtTensor>,
    { ids, reused }: Pick<Sequence, 'ids' | 'reused'>,
    scored: readonly (typeof SCORE_OUTPUTS)[ScoreRows][],
    { before, after }: Caches,
  ): Promise<Record<(typeof scored)[number] | 'hidden_out', OrtTensor>> {
    const names = ['hidden_out' as const, 'key_out' as const, 'value_out' as const, ...scored]
    const session = this.#sessions.reuse?.[layer - 1]
    let outputs
    if (session && reused.length > 0) {
      const { rows, key, value } = (before ?? NO_CACHE).rowsFor(layer, reused)
      const cached = { reuse: this.#int32(rows), cached_key: key, cached_value: value }
      outputs = await runGraph(await session.open(), { ...feeds, ...cached }, names)
    } else {
      outputs = await runGraph(this.#sessions.layers[layer - 1], feeds, names)
    }
    after.add(reused, ids, outputs.key_out, outputs.value_out)
    return outputs
  }

  #int32(values: Int32Array): OrtTensor {
    return new this.#ort.Tensor('int32', values, [values.length])
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
    const { ids, reused } = sequence
    if (!decision) {
      return { ids, reused, positions: this.#identity.subarray(0, ids.length + this.#fixedCount) }
    }
    const { keep, reuse = NO_TOKENS } = decision
    checkReuse(ids, keep, reuse, layer)
    const mayBeEmpty = reuse.length + reused.length > 0
    const positions = keepPositions(ids, keep, this.#fixedCount, layer, this.#positions, mayBeEmpty)
    return { ids: keep.slice(), positions, reused: reuse.length > 0 ? unionOf(reused, reuse) : reused }
  }
}
