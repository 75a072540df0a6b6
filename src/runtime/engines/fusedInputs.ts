import { fillRankTerms, FORCED_SCORE, type FusedConfidence, type FusedRequest } from '../../core/pruning/fused.ts'
import type { ScoreRows } from '../../core/pruning/contract.ts'
import type { FusedLayers, Manifest } from '../../core/schema/manifest.ts'
import { fixedSegment, visualSegments, visualTokenCount } from '../../core/tokens/layout.ts'
import type { OrtApi, OrtTensor } from '../ort.ts'

const CONFIDENCE_RULES = ['entropy', 'deviation', 'none'] as const satisfies readonly FusedConfidence[]

/** What the fused graph is given for one query. */
export interface FusedFeeds {
  /** What says how many tokens stay, and which rows score them: shapes follow from it. */
  shaping: Record<string, OrtTensor>
  /** Everything else; its shapes never change. */
  values: Record<string, OrtTensor>
  /** Equal for equal {@link shaping}. */
  shape: string
  /** Visual tokens that take part in each removal layer's successors, by removal layer. */
  kept: ReadonlyMap<number, number>
}

/** Turns requests into the inputs of the fused graph, in buffers that are made once and written at every query. */
export class FusedInputs {
  readonly #layers: FusedLayers
  readonly #visualTokens: number
  readonly #views: number
  readonly #rows: Record<ScoreRows, OrtTensor>
  readonly #forced: Float32Array
  readonly #localCounts: Float32Array
  readonly #rankTerms: Float32Array
  readonly #confidence = new Float32Array(CONFIDENCE_RULES.length)
  readonly #keeps: ReadonlyMap<number, BigInt64Array>
  readonly #keepFeeds: Record<string, OrtTensor>
  readonly #values: Record<string, OrtTensor>
  /** What the rank terms were written for. */
  #termsKey = ''

  constructor(ort: OrtApi, manifest: Manifest, layers: FusedLayers) {
    this.#layers = layers
    this.#visualTokens = visualTokenCount(manifest.layout)
    this.#views = visualSegments(manifest.layout).length
    this.#forced = new Float32Array(this.#visualTokens)
    this.#localCounts = new Float32Array(layers.localLayers.length * this.#views)
    const averages = Math.max(1, layers.averageLayers.length)
    this.#rankTerms = new Float32Array(averages * this.#visualTokens)
    this.#keeps = new Map(removalLayers(layers).map((layer) => [layer, new BigInt64Array(1)]))
    this.#rows = { text: rowsTensor(ort, manifest, 'text'), action: rowsTensor(ort, manifest, 'action') }
    const floats = (values: Float32Array, dims: number[]) => new ort.Tensor('float32', values, dims)
    this.#values = {
      forced: floats(this.#forced, [this.#visualTokens]),
      local_counts: floats(this.#localCounts, [layers.localLayers.length, this.#views, 1]),
      rank_terms: floats(this.#rankTerms, [averages, this.#visualTokens]),
      confidence: floats(this.#confidence, [CONFIDENCE_RULES.length]),
    }
    this.#keepFeeds = {}
    for (const [layer, keep] of this.#keeps) {
      this.#keepFeeds[`keep_${String(layer).padStart(2, '0')}`] = new ort.Tensor('int64', keep, [1])
    }
  }

  /** Writes a request; undefined keeps everything. The tensors are valid until the next call. */
  write(request: FusedRequest | undefined): FusedFeeds {
    this.#forced.fill(0)
    for (const id of request?.forced ?? []) this.#forced[id] = FORCED_SCORE
    this.#localCounts.fill(0)
    for (const { layer, tokens } of request?.local ?? []) {
      this.#localCounts.set(tokens, this.#layers.localLayers.indexOf(layer) * this.#views)
    }
    const rule = request?.average.confidence ?? 'none'
    CONFIDENCE_RULES.forEach((name, i) => (this.#confidence[i] = name === rule ? 1 : 0))
    const kept = this.#writeKeeps(request)
    if (request) this.#writeRankTerms(request.average, kept)
    const rows = request?.rows ?? 'text'
    const shape = [rows, ...kept.values()].join()
    return { shaping: { ...this.#keepFeeds, score_rows: this.#rows[rows] }, values: this.#values, shape, kept }
  }

  /** Layers that the request leaves out keep what is there. */
  #writeKeeps(request: FusedRequest | undefined): ReadonlyMap<number, number> {
    let tokens = this.#visualTokens
    const kept = new Map<number, number>()
    for (const [layer, buffer] of this.#keeps) {
      tokens = request?.removals.find((removal) => removal.layer === layer)?.tokens ?? tokens
      buffer[0] = BigInt(tokens)
      kept.set(layer, tokens)
    }
    return kept
  }

  #writeRankTerms(average: FusedRequest['average'], kept: ReadonlyMap<number, number>): void {
    const key = [average.rankSlope, average.weight, ...kept.values()].join()
    if (key === this.#termsKey) return
    this.#termsKey = key
    let tokens = kept.get(this.#layers.staticLayer) ?? this.#visualTokens
    this.#layers.averageLayers.forEach((layer, index) => {
      const start = index * this.#visualTokens
      fillRankTerms(average, index, tokens, this.#rankTerms.subarray(start, start + this.#visualTokens))
      tokens = kept.get(layer) ?? tokens
    })
  }
}

/** Layers after which the fused graph can remove tokens, ascending. */
export function removalLayers({ staticLayer, stageLayers }: FusedLayers): number[] {
  return [staticLayer, ...stageLayers]
}

/** The rows whose attention scores the tokens, counted from the end: the front of the sequence gets shorter. */
function rowsTensor(ort: OrtApi, { layout }: Manifest, rows: ScoreRows): OrtTensor {
  const { start, count } = fixedSegment(layout, rows)
  const indices = Int32Array.from({ length: count }, (_, i) => start + i - layout.length)
  return new ort.Tensor('int32', indices, [count])
}
