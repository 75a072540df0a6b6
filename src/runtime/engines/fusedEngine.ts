import type { LayerScores, LayerTrace, PolicyEngine, QueryOptions, QueryResult } from '../../core/policy/engine.ts'
import type { KeepDecision, ScoreRows, SelectorSession } from '../../core/pruning/contract.ts'
import { differenceOf, intersectionOf, tokenRange, type TokenSet } from '../../core/pruning/sets.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import type { FusedLayers, Manifest } from '../../core/schema/manifest.ts'
import type { Observation } from '../../core/schema/observation.ts'
import { visualTokenCount } from '../../core/tokens/layout.ts'
import { floatsOf, runGraph, type OrtApi, type OrtTensor } from '../ort.ts'
import { fusedObstacle } from './fusedObstacle.ts'
import type { ConstantValues } from '../loader/onnxConstants.ts'
import type { CaptureReport } from '../protocol.ts'
import type { VectorOf } from '../replayTest.ts'
import type { ChunkGraph } from './chunkGraph.ts'
import { FusedInputs, removalLayers, type FusedFeeds } from './fusedInputs.ts'
import type { LazySession } from './lazySession.ts'
import { ObservationInputs } from './observationInputs.ts'
import { StageClock } from './stageClock.ts'
import { DecisionError } from './survivors.ts'

/**
 * Tokens of a removal in which graph and selector may differ. Both rank the same scores, but the graph rounds to float32,
 * so two tokens at the cut can change places.
 */
const ROUNDING_SHARE = 0.01

/**
 * Queries in a row that have to ask for the same shape before a captured variant is made for it: a slider that is being moved
 * asks for many, and each costs a copy of the weights and a self-test.
 */
const CAPTURE_AFTER = 3

/** A fused graph that replays recorded GPU commands; its inputs are those that shape nothing. */
export type CapturedFused = ChunkGraph<Record<string, OrtTensor>>

/**
 * Makes the captured variant for one shape, and tests it.
 * @param constants what is constant in it, by input
 * @param makeTest what has to give the same, for the variant
 */
export type CaptureFused = (
  constants: ReadonlyMap<string, ConstantValues>,
  makeTest: (graph: CapturedFused) => { replayed: VectorOf; plain: VectorOf },
) => Promise<{ graph?: CapturedFused; report: CaptureReport }>

/** What the graph told about one query. */
interface Answer {
  chunk: Float32Array
  /** Scores of the visual tokens that took part, by layer. */
  scores: ReadonlyMap<number, Float32Array>
  /** Ids that stayed, by removal layer. */
  kept: ReadonlyMap<number, TokenSet>
}

/**
 * SpecPrune inside one graph: one run and one read-back a query. The graph decides; the selector takes in the same scores
 * once the action is known, for its memory and for the reasons, and must come to the same sets.
 */
export class FusedEngine implements PolicyEngine {
  readonly kind = 'fused'
  readonly #manifest: Manifest
  readonly #graph: FusedLayers
  readonly #inputs: ObservationInputs
  readonly #selection: FusedInputs
  readonly #session: LazySession
  readonly #visual: TokenSet
  #ranBefore = false
  #capture: CaptureFused | undefined
  #captureReport: CaptureReport | undefined
  #captured: { shape: string; graph: CapturedFused } | undefined
  #asked = { shape: '', times: 0 }

  constructor(ort: OrtApi, manifest: Manifest, layers: FusedLayers, session: LazySession) {
    this.#manifest = manifest
    this.#graph = layers
    this.#inputs = new ObservationInputs(ort, manifest)
    this.#selection = new FusedInputs(ort, manifest, layers)
    this.#session = session
    this.#visual = tokenRange(0, visualTokenCount(manifest.layout))
  }

  /** Lets queries of a shape that comes again and again replay recorded commands. */
  captureWith(capture: CaptureFused): void {
    this.#capture = capture
  }

  /** What became of the last captured variant; undefined while none was made. */
  get captureReport(): CaptureReport | undefined {
    return this.#captureReport
  }

  /** Why a method cannot run here, in a sentence; undefined if it can. Ask after `beforeQuery`. */
  obstacle(session: SelectorSession): string | undefined {
    return fusedObstacle(this.#graph, session)
  }

  /**
   * The first query runs twice: what is compiled then lands in no latency. Without a session everything stays. The whole graph is booked on the stage `layers`. `taps` has no effect: the scores
   * of the graph's own layers come back with every query that has a session.
   * @throws DecisionError if the method cannot run here, or if graph and selector disagree
   */
  async query(observation: Observation, options: QueryOptions = {}): Promise<QueryResult> {
    if (!this.#ranBefore) await this.#run(observation, { ...options, session: options.session?.fork() })
    this.#ranBefore = true
    await this.#prepareCapture(options)
    return this.#run(observation, options)
  }

  /** Makes the captured variant when its time has come; before the clock of the query starts. One at a time is kept. */
  async #prepareCapture({ session, signal }: QueryOptions): Promise<void> {
    if (!this.#capture || !session || this.obstacle(session) !== undefined) return
    const { shape, shaping, values } = this.#selection.write(session.fused?.())
    this.#asked = { shape, times: shape === this.#asked.shape ? this.#asked.times + 1 : 1 }
    if (shape === this.#captured?.shape || this.#asked.times < CAPTURE_AFTER) return
    signal?.throwIfAborted()
    await this.#releaseCaptured()
    const constants = Object.entries(shaping).map(([name, { data }]) => [name, data as ConstantValues] as const)
    const { graph, report } = await this.#capture(new Map(constants), (captured) => ({
      replayed: (observation) => captured.run({ ...this.#inputs.write(observation), ...values }),
      plain: (observation) => this.#runPlain({ ...this.#inputs.write(observation), ...values, ...shaping }, 'record'),
    }))
    this.#captureReport = report
    if (graph) this.#captured = { shape, graph }
    // What does not work for one shape is not tried for others.
    else this.#capture = undefined
  }

  async #releaseCaptured(): Promise<void> {
    const captured = this.#captured
    this.#captured = undefined
    await captured?.graph.release()
  }

  async #runPlain(feeds: Record<string, OrtTensor>, output: 'record' | 'chunk'): Promise<Float32Array> {
    const outputs = await runGraph(await this.#session.open(), feeds, [output])
    const values = floatsOf(outputs[output]).slice()
    outputs[output].dispose()
    return values
  }

  /** The captured variant that fits, if there is one. */
  #capturedFor({ shape }: FusedFeeds): CapturedFused | undefined {
    return shape === this.#captured?.shape ? this.#captured.graph : undefined
  }

  async #run(observation: Observation, { session, signal }: QueryOptions): Promise<QueryResult> {
    signal?.throwIfAborted()
    await this.#session.open()
    const clock = new StageClock()
    const inputs = this.#inputs.write(observation)
    clock.lap('observe')
    const obstacle = session && this.obstacle(session)
    if (obstacle !== undefined) throw new DecisionError(obstacle, this.#graph.staticLayer)
    const request = session?.fused?.()
    const feeds = this.#selection.write(request)
    clock.lap('select')
    const captured = session && this.#capturedFor(feeds)
    const values = captured
      ? await captured.run({ ...inputs, ...feeds.values })
      : await this.#runPlain({ ...inputs, ...feeds.values, ...feeds.shaping }, session ? 'record' : 'chunk')
    clock.lap('layers')
    const { latencyMs, stagesMs } = clock
    const answer = this.#read(values, session ? feeds.kept : new Map())
    const told = this.#tell(session, request?.rows ?? 'text', answer)
    return { chunk: answer.chunk, ...told, ...(captured && { captured: true }), latencyMs, stagesMs }
  }

  async dispose(): Promise<void> {
    await this.#releaseCaptured()
    await this.#session.release()
  }

  /** Takes the record apart; without removals it is the chunk alone. */
  #read(values: Float32Array, counts: ReadonlyMap<number, number>): Answer {
    const chunkLength = this.#manifest.action.chunk * ACTION_SIZE
    let start = chunkLength
    const take = (length: number): Float32Array => values.slice(start, (start += length))
    const scores = new Map<number, Float32Array>()
    const kept = new Map<number, TokenSet>()
    if (counts.size > 0) {
      let tokens = this.#visual.length
      for (let layer = 1; layer <= this.#manifest.model.layers; layer++) {
        if (this.#graph.scoreLayers.includes(layer)) scores.set(layer, take(tokens))
        tokens = counts.get(layer) ?? tokens
      }
      for (const layer of removalLayers(this.#graph)) kept.set(layer, Int32Array.from(take(counts.get(layer) ?? 0)))
      if (start !== values.length) throw new Error(`The fused graph gave ${values.length} numbers instead of ${start}.`)
    }
    return { chunk: values.slice(0, chunkLength), scores, kept }
  }

  /** Shows the selector what the graph saw, layer by layer, and collects its reasons. */
  #tell(
    session: SelectorSession | undefined,
    rows: ScoreRows,
    { scores, kept }: Answer,
  ): Pick<QueryResult, 'layers' | 'scores' | 'survivors'> {
    let ids: TokenSet = this.#visual.slice()
    const layers: LayerTrace[] = []
    const read: LayerScores[] = []
    session?.afterLayer({ layer: 0, ids })
    for (let layer = 1; layer <= this.#manifest.model.layers; layer++) {
      const values = scores.get(layer)
      if (values) read.push({ layer, rows, ids, values })
      const reason = session?.afterLayer({ layer, ids, ...(values && { [rows]: values }) })
      const keep = kept.get(layer)
      const decision = keep && settle(layer, ids, keep, reason)
      layers.push({ layer, visualTokens: ids.length, ...(decision && { decision }) })
      ids = keep ?? ids
    }
    return { layers, scores: read, survivors: ids }
  }
}

/**
 * The graph's decision with the selector's reasons.
 * @returns undefined if nothing was to be removed
 * @throws DecisionError if the two differ by more than rounding explains
 */
function settle(
  layer: number,
  ids: TokenSet,
  keep: TokenSet,
  reason: KeepDecision | undefined,
): KeepDecision | undefined {
  if (!reason && keep.length === ids.length) return undefined
  const theirs = reason?.keep ?? ids
  const added = differenceOf(keep, theirs)
  if (added.length === 0 && keep.length === theirs.length) return reason
  if (!reason || keep.length !== theirs.length || added.length > Math.max(1, ROUNDING_SHARE * keep.length)) {
    const message = `the fused graph kept ${keep.length} tokens after layer ${layer}, ${added.length} of them against the method`
    throw new DecisionError(`${message}, which keeps ${theirs.length}.`, layer, added.at(0))
  }
  const sets = reason.sets.map(({ name, ids: members }) => ({ name, ids: intersectionOf(members, keep) }))
  return { ...reason, keep, sets: [...sets, { name: 'rounding', ids: added }] }
}
