import { z } from 'zod'
import { createSession, type SelectorDefinition } from '../contract.ts'
import { toTokenSet } from '../sets.ts'
import { orderByScore } from '../topk.ts'
import { removalFields } from './peerFields.ts'
import { createRemoveByChoice } from './removeByChoice.ts'
import { argMax, cosine, textRows, visualRows, type RowMatrix } from './vectors.ts'

/** Below this a row adds nothing but rounding error: what is chosen already spans it. */
const RANK_TOLERANCE = 1e-9

const parameters = z.object(
  removalFields({
    layer: 0,
    firstLayer: 0,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. CDPruner prunes before layer 1, which is 0.',
    keep: 0.222,
    keepHelp: 'Share of all visual tokens that stay. CDPruner prints 32 to 192 of 576; this is 128.',
  }),
)

/** Relevance of every row to the instruction: mean cosine with the words, scaled to 0 ... 1; 1 if all are alike. */
export function relevance(rows: RowMatrix, text: RowMatrix): Float64Array {
  const raw = new Float64Array(rows.count)
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < text.count; j++) raw[i] += cosine(rows, i, text, j)
    raw[i] /= text.count
  }
  const low = raw.reduce((a, b) => Math.min(a, b), Infinity)
  const high = raw.reduce((a, b) => Math.max(a, b), -Infinity)
  return raw.map((value) => (high > low ? (value - low) / (high - low) : 1))
}

/**
 * Greedy maximum of det(L_S) for the kernel L_ij = r_i cos(x_i, x_j) r_j, by incremental Cholesky factors. When the
 * chosen rows span all others, the rest is filled by relevance.
 * @returns positions in the order in which they were chosen
 */
export function greedyDeterminant(rows: RowMatrix, weights: Float64Array, count: number): number[] {
  const n = rows.count
  const gains = weights.map((weight, i) => weight * weight * cosine(rows, i, rows, i))
  const factors: Float64Array[] = []
  const chosen: number[] = []
  while (chosen.length < Math.min(count, n)) {
    const next = argMax(gains)
    if (!(gains[next] > RANK_TOLERANCE)) break
    const scale = Math.sqrt(gains[next])
    const factor = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      if (gains[i] === -Infinity) continue
      let value = weights[next] * weights[i] * cosine(rows, next, rows, i)
      for (const earlier of factors) value -= earlier[next] * earlier[i]
      factor[i] = value / scale
    }
    factors.push(factor)
    chosen.push(next)
    for (let i = 0; i < n; i++) gains[i] -= factor[i] * factor[i]
    gains[next] = -Infinity
  }
  const positions = Int32Array.from({ length: n }, (_, i) => i)
  const rest = orderByScore(weights, positions).filter((position) => !chosen.includes(position))
  return [...chosen, ...rest.subarray(0, Math.max(0, count - chosen.length))]
}

/** CDPruner (NeurIPS 2025): relevant and different tokens by a determinantal point process (docs/methods/cdpruner.md). */
export const cdpruner: SelectorDefinition<typeof parameters> = {
  id: 'cdpruner',
  title: 'CDPruner',
  summary: 'Before the first layer, keeps tokens that resemble the instruction and differ from one another.',
  citation: {
    title: 'Beyond Attention or Similarity: Maximizing Conditional Diversity for Token Pruning in MLLMs',
    source: 'NeurIPS 2025, arXiv 2506.10967',
    url: 'https://arxiv.org/abs/2506.10967',
  },
  removal: 'remove',
  parameters,
  presets: [],
  start: (values, context) =>
    createSession(
      createRemoveByChoice(values, context, { hidden: true }, (signals, count) => {
        const rows = visualRows(signals)
        const weights = relevance(rows, textRows(signals, context.layout))
        const chosen = greedyDeterminant(rows, weights, count)
        const keep = toTokenSet(chosen.map((position) => signals.ids[position]))
        return { keep, sets: [{ name: 'relevant and different', ids: keep }], score: Float32Array.from(weights) }
      }),
    ),
}
