import type { LayerScores } from '../../src/core/policy/engine.ts'
import type { ScoreRows } from '../../src/core/pruning/contract.ts'
import { topK } from '../../src/core/pruning/topk.ts'
import { hasToken, type TokenSet, unionOf } from '../../src/core/pruning/sets.ts'

/** A share that {@link AttentionMeasures} averages over queries. */
export interface AttentionShare {
  /**
   * `hit`: of the best `top` tokens of the layers (their union), the share among the best `of` of the last layer.
   * `coverage`: of the best `top` tokens of this query, the share among the best `of` of the previous query, same layer.
   */
  measure: 'hit' | 'coverage'
  rows: ScoreRows
  layers: number[]
  top: number
  of: number
  /** Queries (hit) or pairs of successive queries (coverage). */
  count: number
  sum: number
}

/** Tokens per layer whose fate is followed: 20 in SpecPrune's first measurement. */
const HIT_TOP = 20

/** Sizes of the last layer's set; the paper does not print its own. */
const HIT_OF = [20, 60, 120] as const

/** Tokens inherited from the previous query: 30 in SpecPrune. */
const COVERAGE_TOP = 30

/**
 * The two measurements that motivate SpecPrune, over the queries of one dense episode: how many of the first layers' best
 * tokens return in the last layer's, and how many of this query's best tokens were among the previous query's.
 */
export class AttentionMeasures {
  private readonly layers: number
  private readonly shares = new Map<string, AttentionShare>()
  private previous = new Map<string, TokenSet>()

  /** @param layers number of layers of the policy */
  constructor(layers: number) {
    this.layers = layers
  }

  /** @param scores of all layers, with all visual tokens in each */
  add(scores: readonly LayerScores[]): void {
    const best = (rows: ScoreRows, layer: number, count: number): TokenSet => {
      const found = scores.find((entry) => entry.rows === rows && entry.layer === layer)
      if (found === undefined) throw new Error(`No ${rows} scores of layer ${layer}.`)
      return topK(found.values, found.ids, count)
    }
    const now = new Map<string, TokenSet>()
    for (const rows of ['text', 'action'] as const) {
      const groups = [[1, 2], ...Array.from({ length: this.layers - 1 }, (_, i) => [i + 1])]
      for (const layers of groups) {
        const tokens = unionOf(...layers.map((layer) => best(rows, layer, HIT_TOP)))
        for (const of of HIT_OF) {
          this.count({ measure: 'hit', rows, layers, top: HIT_TOP, of }, tokens, best(rows, this.layers, of))
        }
      }
      for (let layer = 1; layer <= this.layers; layer++) {
        const tokens = best(rows, layer, COVERAGE_TOP)
        const before = this.previous.get(`${rows} ${layer}`)
        const what = { measure: 'coverage' as const, rows, layers: [layer], top: COVERAGE_TOP, of: COVERAGE_TOP }
        if (before) this.count(what, tokens, before)
        now.set(`${rows} ${layer}`, tokens)
      }
    }
    this.previous = now
  }

  /** All shares, as sums. */
  summary(): AttentionShare[] {
    return [...this.shares.values()]
  }

  private count(what: Omit<AttentionShare, 'count' | 'sum'>, tokens: TokenSet, among: TokenSet): void {
    const key = JSON.stringify(what)
    const share = this.shares.get(key) ?? { ...what, count: 0, sum: 0 }
    share.count++
    share.sum += tokens.filter((id) => hasToken(among, id)).length / tokens.length
    this.shares.set(key, share)
  }
}
