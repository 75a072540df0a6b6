import { z } from 'zod'
import { createSession, type SelectorDefinition } from '../contract.ts'
import { integerParameter } from '../parameters.ts'
import { tokenRange, toTokenSet } from '../sets.ts'
import { orderByScore } from '../topk.ts'
import { removalFields } from './peerFields.ts'
import { createRemoveByChoice } from './removeByChoice.ts'
import { cosine, textRows, visualRows, type RowMatrix } from './vectors.ts'

const parameters = z.object({
  ...removalFields({
    layer: 2,
    firstLayer: 0,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. DART prints 2; a later port uses 5.',
    keep: 0.222,
    keepHelp: 'Share of all visual tokens that stay, pivots included. DART prints 77.8 % removed.',
  }),
  visualPivots: integerParameter({
    group: 'Pivots',
    title: 'Visual pivots',
    help: 'Visual tokens with the longest vectors, which stay. DART prints 4.',
    min: 0,
    max: 32,
    default: 4,
  }),
  textPivots: integerParameter({
    group: 'Pivots',
    title: 'Text pivots',
    help: 'Words with the longest vectors. DART prints 4.',
    min: 0,
    max: 32,
    default: 4,
  }),
})

/** The rows of the greatest L1 norms, the greatest first. */
function longestRows(rows: RowMatrix, count: number): number[] {
  const { values, width } = rows
  const norms = new Float64Array(rows.count)
  for (let i = 0; i < values.length; i++) norms[Math.floor(i / width)] += Math.abs(values[i])
  return [...orderByScore(norms, tokenRange(0, rows.count)).subarray(0, count)]
}

/** Of the positions, the `count` whose rows are least similar to a pivot; ties to the earlier. */
function leastSimilar(
  rows: RowMatrix,
  positions: Int32Array,
  pivots: RowMatrix,
  pivot: number,
  count: number,
): Int32Array {
  const distances = Float64Array.from(positions, (position) => -cosine(rows, position, pivots, pivot))
  return orderByScore(distances, positions)
    .subarray(0, count)
    .map((i) => positions[i])
}

/**
 * Positions that stay: the visual pivots, and for each pivot in turn an equal part of what is left of `count`, the
 * tokens least similar to it among those not yet chosen. Where it does not divide, earlier pivots take one more.
 */
function chooseByPivots(
  rows: RowMatrix,
  text: RowMatrix,
  count: number,
  pivotCounts: { visual: number; text: number },
) {
  const visualPivots = longestRows(rows, Math.min(count, pivotCounts.visual))
  const textPivots = longestRows(text, pivotCounts.text)
  const pivots = [
    ...visualPivots.map((row) => ({ from: rows, row })),
    ...textPivots.map((row) => ({ from: text, row })),
  ]
  const rest = count - visualPivots.length
  let pool = tokenRange(0, rows.count).filter((position) => !visualPivots.includes(position))
  const chosen: number[] = []
  pivots.forEach(({ from, row }, i) => {
    const part = Math.floor(rest / pivots.length) + (i < rest % pivots.length ? 1 : 0)
    const taken = leastSimilar(rows, pool, from, row, part)
    chosen.push(...taken)
    pool = pool.filter((position) => !taken.includes(position))
  })
  // Without any pivot the first tokens stay: nothing else distinguishes them.
  if (pivots.length === 0) chosen.push(...pool.subarray(0, rest))
  return { visualPivots, chosen }
}

/** DART (EMNLP 2025): keeps what least repeats a few pivot tokens (docs/methods/dart.md). */
export const dart: SelectorDefinition<typeof parameters> = {
  id: 'dart',
  title: 'DART',
  summary: 'After an early layer, picks a few pivot tokens and keeps the tokens that repeat them least.',
  citation: {
    title: 'Stop Looking for Important Tokens in Multimodal Language Models: Duplication Matters More',
    source: 'EMNLP 2025, arXiv 2502.11494',
    url: 'https://arxiv.org/abs/2502.11494',
  },
  removal: 'remove',
  parameters,
  presets: [],
  start: (values, context) =>
    createSession(
      createRemoveByChoice(values, context, { hidden: true }, (signals, count) => {
        const { ids } = signals
        const pivotCounts = { visual: values.visualPivots, text: values.textPivots }
        const result = chooseByPivots(visualRows(signals), textRows(signals, context.layout), count, pivotCounts)
        const pivots = toTokenSet(result.visualPivots.map((position) => ids[position]))
        const different = toTokenSet(result.chosen.map((position) => ids[position]))
        return {
          keep: toTokenSet([...pivots, ...different]),
          sets: [
            { name: 'pivot', ids: pivots },
            { name: 'different', ids: different },
          ],
        }
      }),
    ),
}
