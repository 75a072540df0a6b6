import { queryMacs } from '../../src/core/metrics/macs.ts'
import { relevanceRecall } from '../../src/core/metrics/recall.ts'
import { tokenBudget } from '../../src/core/metrics/tokenLayers.ts'
import type { QueryResult } from '../../src/core/policy/engine.ts'
import { type TokenSet, tokenRange } from '../../src/core/pruning/sets.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import { type Observation, RELEVANCE } from '../../src/core/schema/observation.ts'
import { visualSegments, visualTokenCount } from '../../src/core/tokens/layout.ts'
import type { OffPathWork } from '../../src/runtime/densePass.ts'
import type { EpisodeUnit } from './units.ts'

/** Relevance bits per patch of each view. */
export type RelevanceMasks = NonNullable<Observation['relevance']>

/** Sums what the queries of one episode cost and kept. */
export class QueryMeasures {
  private readonly manifest: Manifest
  private queries = 0
  private budget = 0
  private keptTokens = 0
  private macs = 0
  private readonly recall: EpisodeUnit['recall'] = {
    queries: 0,
    lastLayer: 0,
    layers: 0,
    targetQueries: 0,
    targetLastLayer: 0,
  }

  private readonly offPath = { passes: 0, latencyMs: 0, macs: 0 }

  constructor(manifest: Manifest) {
    this.manifest = manifest
  }

  /**
   * @param relevance masks of the query's observation
   * @param offPath the dense pass beside the query, if the method asked for one
   */
  add(result: QueryResult, relevance: RelevanceMasks, offPath: OffPathWork | undefined): void {
    const { layout } = this.manifest
    const lengths = result.layers.map((layer) => layer.visualTokens)
    this.queries++
    this.budget += tokenBudget(lengths, visualTokenCount(layout))
    this.keptTokens += lengths.at(-1) ?? 0
    this.macs += macsOf(this.manifest, lengths)
    if (offPath) {
      this.offPath.passes++
      this.offPath.latencyMs += offPath.latencyMs
      this.offPath.macs += macsOf(this.manifest, offPath.tokensPerLayer)
    }
    // Repeated actions looked at nothing, so there is nothing to recall.
    if (result.repeated) return
    const relevant = tokensWith(RELEVANCE.target | RELEVANCE.destination, relevance, this.manifest)
    const byLayer = keptPerLayer(result, visualTokenCount(layout)).map((kept) => relevanceRecall(kept, relevant) ?? 0)
    if (relevant.length > 0) {
      this.recall.queries++
      this.recall.lastLayer += byLayer.at(-1) ?? 0
      this.recall.layers += mean(byLayer)
    }
    const target = relevanceRecall(result.survivors, tokensWith(RELEVANCE.target, relevance, this.manifest))
    if (target !== undefined) {
      this.recall.targetQueries++
      this.recall.targetLastLayer += target
    }
  }

  /** The means and sums of an episode. */
  summary(): Pick<EpisodeUnit, 'budget' | 'keptTokens' | 'macs' | 'denseMacs' | 'recall' | 'offPath'> {
    const { model, layout } = this.manifest
    const over = (sum: number) => (this.queries === 0 ? 0 : sum / this.queries)
    return {
      budget: over(this.budget),
      keptTokens: over(this.keptTokens),
      macs: over(this.macs),
      denseMacs: macsOf(this.manifest, new Array<number>(model.layers).fill(visualTokenCount(layout))),
      recall: this.recall,
      ...(this.offPath.passes > 0 && { offPath: this.offPath }),
    }
  }
}

function macsOf({ model, layout }: Manifest, visualTokensPerLayer: readonly number[]): number {
  return queryMacs({
    visualTokensPerLayer,
    fixedTokens: layout.length - visualTokenCount(layout),
    shape: { width: model.width, feedForward: model.feedForward },
    stemMacs: model.stemMacs,
    headMacs: model.headMacs,
  })
}

/** Visual tokens that took part in each layer, from layer 1. */
function keptPerLayer(result: QueryResult, visualTokens: number): TokenSet[] {
  let ids: TokenSet = result.embedDecision?.keep ?? tokenRange(0, visualTokens)
  return result.layers.map(({ decision }) => {
    const taking = ids
    ids = decision?.keep ?? ids
    return taking
  })
}

/** Token ids, ascending, of the patches that have any of the bits. */
function tokensWith(bits: number, relevance: RelevanceMasks, { layout }: Manifest): TokenSet {
  const ids = visualSegments(layout).flatMap(({ view, start }) =>
    Array.from(relevance[view], (value, patch) => ((value & bits) === 0 ? -1 : start + patch)).filter((id) => id >= 0),
  )
  return Int32Array.from(ids)
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
