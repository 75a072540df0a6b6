import { z } from 'zod'
import {
  createSession,
  type KeepDecision,
  type LayerSignals,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from '../contract.ts'
import { numberParameter } from '../parameters.ts'
import { lowerBound, type TokenSet } from '../sets.ts'
import { topK } from '../topk.ts'
import { considerReuse, NO_MEMORY, rememberQuery, reuseFields, type ReuseMemory } from './actionReuse.ts'
import { symmetricEigen } from './eigen.ts'
import { removalFields, removalPoint } from './peerFields.ts'
import { required } from './removeByChoice.ts'
import { rowMatrix, visualRows, type RowMatrix } from './vectors.ts'

const parameters = z.object({
  ...removalFields({
    layer: 2,
    firstLayer: 1,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. FlashVLA prints 2.',
    keep: 0.625,
    keepHelp: 'Share of all visual tokens that stay. FlashVLA prints 160 of 256.',
  }),
  rankTolerance: numberParameter({
    group: 'Score',
    title: 'Smallest singular value',
    help: 'Directions below this share of the greatest singular value do not count. FlashVLA: the effective rank; value ours.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0.01,
  }),
  ...reuseFields,
})

type Values = z.infer<typeof parameters>

/**
 * Information contribution of every row: sum over j of |U_ij| sigma_j of the singular value decomposition O = U S V'.
 * |U_ij| sigma_j is |(O v_j)_i|, so the eigenvectors v_j of O'O are enough.
 * @param tolerance singular values below this share of the greatest do not count
 */
export function informationContribution(rows: RowMatrix, tolerance: number): Float64Array {
  const { values, width, count } = rows
  const gram = new Float64Array(width * width)
  for (let row = 0; row < count; row++) {
    const part = values.subarray(row * width, (row + 1) * width)
    for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) gram[i * width + j] += part[i] * part[j]
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[j * width + i] = gram[i * width + j]
  const { values: squares, vectors } = symmetricEigen(gram, width)
  const greatest = squares.reduce((a, b) => Math.max(a, b), 0)
  const scores = new Float64Array(count)
  squares.forEach((square, j) => {
    if (square <= 0 || square < greatest * tolerance * tolerance) return
    for (let row = 0; row < count; row++) {
      let product = 0
      for (let k = 0; k < width; k++) product += values[row * width + k] * vectors[k * width + j]
      scores[row] += Math.abs(product)
    }
  })
  return scores
}

/** What a layer added to the visual tokens that are in it. */
function additions(before: { ids: Int32Array; rows: RowMatrix }, signals: LayerSignals): RowMatrix {
  const after = visualRows(signals)
  const { width } = after
  const result = Float64Array.from(after.values)
  signals.ids.forEach((id, i) => {
    const row = lowerBound(before.ids, id)
    for (let k = 0; k < width; k++) result[i * width + k] -= before.rows.values[row * width + k]
  })
  return rowMatrix(result, width)
}

interface State {
  /** Visual tokens as they entered the layer of the removal. */
  before?: { ids: Int32Array; rows: RowMatrix }
  /** What the query kept. */
  kept?: TokenSet
  reuse: ReuseMemory
}

function createFlashvla(values: Values, context: SelectorContext): Selector<State> {
  const { layer, count } = removalPoint(values, context, 1)
  const decides = layer < context.layers
  const decide = (before: State['before'], signals: LayerSignals): KeepDecision => {
    const score = informationContribution(additions(required(before, 'earlier rows'), signals), values.rankTolerance)
    const keep = topK(score, signals.ids, count)
    return { keep, sets: [{ name: 'information', ids: keep }], score: Float32Array.from(score) }
  }
  return {
    plan: {
      textLayers: [],
      actionLayers: [],
      decisionLayers: decides ? [layer] : [],
      hiddenLayers: decides ? [layer - 1, layer] : [],
    },
    beginEpisode: () => ({ reuse: NO_MEMORY }),
    beforeQuery: ({ reuse }, input) => ({ reuse: considerReuse(reuse, input, values) }),
    afterLayer(state, signals) {
      if (decides && signals.layer === layer - 1) {
        const { values: rows, width } = visualRows(signals)
        return { state: { ...state, before: { ids: signals.ids, rows: rowMatrix(rows.slice(), width) } } }
      }
      if (!decides || signals.layer !== layer) return { state }
      const decision = decide(state.before, signals)
      return { state: { reuse: state.reuse, kept: decision.keep }, decision }
    },
    afterQuery: ({ reuse, kept }, summary) => ({ reuse: rememberQuery(reuse, summary, kept) }),
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
    repeat: ({ reuse }) => reuse.repeat,
  }
}

const citation = {
  title: 'Think Twice, Act Once: Token-Aware Compression and Action Reuse for Efficient Inference in VLA Models',
  source: 'arXiv 2505.21200',
  url: 'https://arxiv.org/abs/2505.21200',
}

/**
 * FlashVLA: keeps what contributes most to the layer's output, and on request repeats actions instead of a query
 * (docs/methods/flashvla.md).
 */
export const flashvla: SelectorDefinition<typeof parameters> = {
  id: 'flashvla',
  title: 'FlashVLA',
  summary:
    'After an early layer, keeps the tokens whose change in that layer carries most information. Reads no attention. ' +
    'Can repeat the last action instead of a query where actions and kept tokens hardly change.',
  citation,
  removal: 'remove',
  parameters,
  presets: [
    {
      id: 'action-reuse',
      title: 'With action reuse (rule as published, thresholds ours)',
      citation,
      values: { actionReuse: 'action' },
    },
  ],
  start: (values, context) => createSession(createFlashvla(values, context)),
}
