import { z } from 'zod'
import { visualTokenCount } from '../../tokens/layout.ts'
import {
  createSession,
  type KeepDecision,
  type LayerSignals,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from '../contract.ts'
import { numberParameter } from '../parameters.ts'
import { scaleLayer } from '../scaling.ts'
import { topK } from '../topk.ts'
import { layerField, removalFields, removalPoint } from './peerFields.ts'
import { required } from './removeByChoice.ts'
import { cosine, rowMatrix, visualRows, type RowMatrix } from './vectors.ts'

const parameters = z.object({
  ...removalFields({
    layer: 2,
    firstLayer: 0,
    layerHelp: 'Layer of a 32-layer model, scaled with depth, whose hidden states carry the forecast. Value ours.',
    keep: 0.25,
    keepHelp: 'Share of all visual tokens that stay between keyframes. Value ours.',
  }),
  deepLayer: layerField({
    group: 'Forecast',
    title: 'Saliency of layer (of 32)',
    help: 'Layer whose action attention is forecast, read at keyframes. Value ours.',
    min: 1,
    default: 30,
  }),
  temperature: numberParameter({
    group: 'Forecast',
    title: 'Temperature',
    help: 'How sharply a token takes over the saliency of the keyframe tokens that it resembles. Value ours.',
    min: 0.01,
    max: 1,
    step: 0.01,
    default: 0.05,
  }),
  keyframeBelow: numberParameter({
    group: 'Keyframes',
    title: 'New keyframe below',
    help: 'Cosine of the attended features with those of the keyframe, below which all tokens run again. Value ours.',
    min: -1,
    max: 1,
    step: 0.01,
    default: 0.9,
  }),
})

type Values = z.infer<typeof parameters>

/** What the last query that kept everything looked like. */
interface Keyframe {
  /** Hidden states behind the layer of the removal, by token id. */
  rows: RowMatrix
  /** Action attention of the deep layer, by token id. */
  saliency: Float32Array
  /** Mean of the rows, weighted by saliency: one row. */
  feature: RowMatrix
}

interface State {
  instruction: string | undefined
  keyframe?: Keyframe
  /** Rows of the running query if it becomes a keyframe. */
  becoming?: RowMatrix
}

/** Saliency of each row: that of the keyframe's rows, weighted by softmax(cosine / temperature). */
export function forecast(rows: RowMatrix, key: RowMatrix, saliency: Float32Array, temperature: number): Float64Array {
  const likeness = new Float64Array(key.count)
  return Float64Array.from({ length: rows.count }, (_, i) => {
    for (let j = 0; j < key.count; j++) likeness[j] = cosine(rows, i, key, j) / temperature
    const greatest = likeness.reduce((a, b) => Math.max(a, b), -Infinity)
    let total = 0
    let sum = 0
    for (let j = 0; j < key.count; j++) {
      const weight = Math.exp(likeness[j] - greatest)
      total += weight
      sum += weight * saliency[j]
    }
    return sum / total
  })
}

/** Mean of rows with weights. */
function weightedMean({ values, width }: RowMatrix, weights: ArrayLike<number>): RowMatrix {
  const mean = new Float64Array(width)
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i]
  for (let i = 0; i < values.length; i++) mean[i % width] += (values[i] * weights[Math.floor(i / width)]) / total
  return rowMatrix(mean, width)
}

function copyOf({ values, width }: RowMatrix): RowMatrix {
  return rowMatrix(values.slice(), width)
}

function createSafePruner(values: Values, context: SelectorContext): Selector<State> {
  const { layer, count } = removalPoint(values, context, 0)
  const decides = layer < context.layers
  const deepLayer = Math.max(layer + 1, scaleLayer(values.deepLayer, context.layers))
  const visual = visualTokenCount(context.layout)
  const predict = (state: State, signals: LayerSignals): { state: State; decision?: KeepDecision } => {
    const rows = visualRows(signals)
    const { keyframe } = state
    if (!keyframe) return { state: { ...state, becoming: copyOf(rows) } }
    const score = forecast(rows, keyframe.rows, keyframe.saliency, values.temperature)
    if (cosine(weightedMean(rows, score), 0, keyframe.feature, 0) < values.keyframeBelow) {
      return { state: { ...state, becoming: copyOf(rows) } }
    }
    const keep = topK(score, signals.ids, count)
    return { state, decision: { keep, sets: [{ name: 'forecast', ids: keep }], score: Float32Array.from(score) } }
  }
  return {
    plan: {
      textLayers: [],
      actionLayers: decides ? [deepLayer] : [],
      decisionLayers: decides ? [layer] : [],
      hiddenLayers: decides ? [layer] : [],
    },
    beginEpisode: () => ({ instruction: undefined }),
    beforeQuery({ instruction, keyframe }, { observation }) {
      const same = instruction === observation.instruction
      return { instruction: observation.instruction, ...(same && keyframe ? { keyframe } : {}) }
    },
    afterLayer(state, signals) {
      if (decides && signals.layer === layer) return predict(state, signals)
      const { becoming } = state
      if (!decides || signals.layer !== deepLayer || !becoming || signals.ids.length < visual) return { state }
      const saliency = required(signals.action, 'action scores').slice()
      const keyframe = { rows: becoming, saliency, feature: weightedMean(becoming, saliency) }
      return { state: { ...state, keyframe } }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: ({ becoming, keyframe }) =>
      becoming || !keyframe ? { warmUp: true } : { warmUp: false, gateProvenance: 'dense' },
  }
}

/** SAFE-Pruner-style: forecasts deep saliency at an early layer from a keyframe (docs/methods/safe-pruner-style.md). */
export const safePrunerStyle: SelectorDefinition<typeof parameters> = {
  id: 'safe-pruner-style',
  title: 'SAFE-Pruner-style',
  summary:
    'Forecasts which tokens deep layers will attend to, from those that they resemble in the last keyframe. ' +
    'An approximation: the constants of the paper are not known to us.',
  citation: {
    title: 'After SAFE-Pruner: Semantic Attention-Guided Future-Aware Token Pruning',
    source: 'after arXiv 2605.29662 v3',
    url: 'https://arxiv.org/abs/2605.29662',
  },
  removal: 'remove',
  readsHistory: true,
  parameters,
  presets: [],
  start: (values, context) => createSession(createSafePruner(values, context)),
}
