import type { LayerScores } from '../../src/core/policy/engine.ts'
import type { ScoreRows } from '../../src/core/pruning/contract.ts'
import type { ViewId } from '../../src/core/schema/observation.ts'
import { RELEVANCE, VIEW_IDS } from '../../src/core/schema/observation.ts'

/** Tokens per view that are taken for what a layer attends to. */
export const TOP_COUNTS = [16, 32, 64] as const

/** What the tokens are compared with: things of the active goal, or all of them together. */
export const THINGS = {
  target: RELEVANCE.target,
  destination: RELEVANCE.destination,
  landmark: RELEVANCE.landmark,
  referents: RELEVANCE.target | RELEVANCE.destination | RELEVANCE.landmark,
} as const

/** The mean of one quantity over queries and views. */
export interface AttentionValue {
  /**
   * `recall`: of the tokens of a view that show the thing, the share among the best `top` of that view. `last`: of the
   * best `top` of the layer, the share among those of the last layer. `first`: the same for layers 1 and 2 together (their
   * mean scores). `previous`: the share among the best of the previous query, same layer.
   */
  measure: 'recall' | 'last' | 'first' | 'previous'
  thing?: keyof typeof THINGS
  rows: ScoreRows
  view: ViewId
  layer: number
  top: number
  count: number
  mean: number
}

/** What tokens drawn at random would give: the share of a view that is taken. */
export function chanceOf(top: number, patchesPerView: number): number {
  return Math.min(1, top / patchesPerView)
}

/** Adds up, over the queries of episodes, how the dense policy's attention meets what matters. */
export class AttentionRecall {
  private readonly sums = new Map<string, AttentionValue>()
  private previous = new Map<string, Set<number>>()

  /** To be called before the first query of an episode: there is no previous one. */
  beginEpisode(): void {
    this.previous = new Map()
  }

  /**
   * @param scores of all layers, with all visual tokens in each, ids in order, views of equal size one after another
   * @param relevance the simulator's masks of the query's observation
   */
  add(scores: readonly LayerScores[], relevance: Record<ViewId, Uint8Array>): void {
    const now = new Map<string, Set<number>>()
    for (const rows of ['text', 'action'] as const) {
      const layers = scores.filter((each) => each.rows === rows).sort((a, b) => a.layer - b.layer)
      VIEW_IDS.forEach((view, viewIndex) => {
        const size = relevance[view].length
        const ofView = layers.map(({ values }) => values.subarray(viewIndex * size, (viewIndex + 1) * size))
        for (const top of TOP_COUNTS) {
          const best = ofView.map((values) => bestOf(values, top))
          const last = best[best.length - 1]
          best.forEach((tokens, index) => {
            const what = { rows, view, layer: layers[index].layer, top }
            this.addRecalls(what, tokens, relevance[view])
            this.count({ measure: 'last', ...what }, shared(tokens, last) / tokens.size)
            const key = JSON.stringify(what)
            const before = this.previous.get(key)
            if (before) this.count({ measure: 'previous', ...what }, shared(tokens, before) / tokens.size)
            now.set(key, tokens)
          })
          if (ofView.length > 2) {
            const first = bestOf(
              Float32Array.from(ofView[0], (value, i) => value + ofView[1][i]),
              top,
            )
            this.count({ measure: 'first', rows, view, layer: 2, top }, shared(first, last) / first.size)
          }
        }
      })
    }
    this.previous = now
  }

  /** The means. */
  summary(): AttentionValue[] {
    return [...this.sums.values()].map((value) => ({ ...value, mean: value.mean / value.count }))
  }

  private addRecalls(
    what: Pick<AttentionValue, 'rows' | 'view' | 'layer' | 'top'>,
    tokens: ReadonlySet<number>,
    mask: Uint8Array,
  ): void {
    for (const [thing, bits] of Object.entries(THINGS)) {
      const relevant = new Set<number>()
      mask.forEach((value, patch) => value & bits && relevant.add(patch))
      if (relevant.size === 0) continue
      const key = { measure: 'recall' as const, thing: thing as keyof typeof THINGS, ...what }
      this.count(key, shared(relevant, tokens) / relevant.size)
    }
  }

  private count(what: Omit<AttentionValue, 'count' | 'mean'>, value: number): void {
    const key = JSON.stringify(what)
    const entry = this.sums.get(key) ?? { ...what, count: 0, mean: 0 }
    entry.count++
    entry.mean += value
    this.sums.set(key, entry)
  }
}

/** Indices of the largest values; of equal ones the first. */
function bestOf(values: Float32Array, count: number): Set<number> {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b)
  return new Set(order.slice(0, count))
}

function shared(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let count = 0
  for (const item of a) if (b.has(item)) count++
  return count
}
