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
import { choiceParameter, integerParameter, numberParameter } from '../parameters.ts'
import { scaleLayer } from '../scaling.ts'
import { intersectionOf, toTokenSet, unionOf } from '../sets.ts'
import { topK } from '../topk.ts'
import { maxMinDiverse } from './diversity.ts'
import { layerField, removalFields, removalPoint } from './peerFields.ts'
import { required } from './removeByChoice.ts'
import { rowMatrix, visualRows, type RowMatrix } from './vectors.ts'

const parameters = z.object({
  ...removalFields({
    layer: 3,
    firstLayer: 1,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. VLA-Pruner prints 3.',
    keep: 0.25,
    keepHelp: 'Share of all visual tokens that stay. VLA-Pruner prints 50, 25 and 12.5 %.',
  }),
  scoreRows: choiceParameter({
    group: 'Score',
    title: 'Semantic rows',
    help: 'Rows of the attention that stands for meaning: the words, or the action queries. The paper averages all rows.',
    options: ['text', 'action'],
    default: 'text',
  }),
  historyLayer: layerField({
    group: 'Score',
    title: 'Action attention of layer (of 32)',
    help: 'Layer whose action rows of earlier queries are averaged. VLA-Pruner prints 15.',
    min: 1,
    default: 15,
  }),
  history: integerParameter({
    group: 'Score',
    title: 'Queries remembered',
    help: 'w: nothing is removed until this many are known. VLA-Pruner prints 3.',
    min: 1,
    max: 8,
    default: 3,
  }),
  decay: numberParameter({
    group: 'Score',
    title: 'Decay per query',
    help: 'Gamma of the weighted sum over earlier queries. VLA-Pruner prints 0.8.',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0.8,
  }),
  weightOrder: choiceParameter({
    group: 'Score',
    title: 'Which query weighs most',
    help: 'newest: as the paper says. oldest: as the first published code does.',
    options: ['newest', 'oldest'],
    default: 'newest',
  }),
})

type Values = z.infer<typeof parameters>

/** Action attention of a finished query, by token id; tokens that were gone count as 0. */
interface Recorded {
  scores: Float32Array
  complete: boolean
}

interface State {
  instruction: string | undefined
  /** Oldest first, at most `history`. */
  history: readonly Recorded[]
  /** Embeddings of the running query. */
  embeddings?: RowMatrix
  current?: Recorded
}

/** The weighted sum over the last queries, by token id. */
export function smoothedScores(history: readonly Float32Array[], decay: number, newestFirst: boolean): Float64Array {
  const sum = new Float64Array(history[0].length)
  const order = newestFirst ? [...history].reverse() : history
  let weight = 1
  for (const scores of order) {
    weight *= decay
    scores.forEach((score, id) => (sum[id] += weight * score))
  }
  return sum
}

function decide(signals: LayerSignals, values: Values, { history, embeddings }: State, count: number): KeepDecision {
  const { ids } = signals
  const semantic = required(signals[values.scoreRows], `${values.scoreRows} scores`)
  const smoothed = smoothedScores(
    history.map(({ scores }) => scores),
    values.decay,
    values.weightOrder === 'newest',
  )
  const bySemantic = topK(semantic, ids, count)
  const byAction = topK(
    Float64Array.from(ids, (id) => smoothed[id]),
    ids,
    count,
  )
  const keep = toTokenSet(maxMinDiverse(required(embeddings, 'embeddings'), unionOf(bySemantic, byAction), count))
  return {
    keep,
    sets: [
      { name: 'semantic', ids: intersectionOf(keep, bySemantic) },
      { name: 'action', ids: intersectionOf(keep, byAction) },
    ],
    score: semantic,
  }
}

function record({ ids, action }: LayerSignals, visual: number): Recorded {
  const scores = new Float32Array(visual)
  required(action, 'action scores').forEach((score, i) => (scores[ids[i]] = score))
  return { scores, complete: ids.length === visual }
}

function createVlaPruner(values: Values, context: SelectorContext): Selector<State> {
  const visual = visualTokenCount(context.layout)
  const { layer, count } = removalPoint(values, context, 1)
  const historyLayer = scaleLayer(values.historyLayer, context.layers)
  const decides = layer < context.layers
  const ready = ({ history }: State): boolean => history.length >= values.history
  const semanticLayers = decides ? [layer] : []
  const byAction = values.scoreRows === 'action'
  return {
    plan: {
      textLayers: byAction ? [] : semanticLayers,
      actionLayers: [...new Set(byAction ? [...semanticLayers, historyLayer] : [historyLayer])],
      decisionLayers: semanticLayers,
      hiddenLayers: decides ? [0] : [],
    },
    beginEpisode: () => ({ instruction: undefined, history: [] }),
    beforeQuery: ({ instruction, history }, { observation }) => ({
      instruction: observation.instruction,
      history: instruction === observation.instruction ? history : [],
    }),
    afterLayer(state, signals) {
      const next = { ...state }
      if (decides && signals.layer === 0) {
        const { values: rows, width } = visualRows(signals)
        next.embeddings = rowMatrix(rows.slice(), width)
      }
      if (signals.layer === historyLayer) next.current = record(signals, visual)
      if (!decides || signals.layer !== layer || !ready(state)) return { state: next }
      return { state: next, decision: decide(signals, values, state, Math.min(count, signals.ids.length)) }
    },
    afterQuery: ({ instruction, history, current }) => ({
      instruction,
      history: current ? [...history, current].slice(-values.history) : history,
    }),
    afterStep: (state) => ({ state, replan: false }),
    notes(state) {
      if (!ready(state)) return { warmUp: true }
      return { warmUp: false, gateProvenance: state.history.every(({ complete }) => complete) ? 'dense' : 'pruned' }
    },
  }
}

const citation = {
  title: 'VLA-Pruner: Temporal-Aware Dual-Level Visual Token Pruning for Efficient Vision-Language-Action Inference',
  source: 'arXiv 2511.16449',
  url: 'https://arxiv.org/abs/2511.16449',
}

/** VLA-Pruner: meaning and smoothed action attention, filtered for diversity (docs/methods/vla-pruner.md). */
export const vlaPruner: SelectorDefinition<typeof parameters> = {
  id: 'vla-pruner',
  title: 'VLA-Pruner',
  summary:
    'Takes what the words attend to now and what the actions attended to in the last queries, ' +
    'and keeps the tokens of both that differ most. Removes nothing until its history is full.',
  citation,
  removal: 'remove',
  readsHistory: true,
  parameters,
  presets: [
    { id: 'paper', title: 'Paper', citation, values: {} },
    {
      id: 'as-released',
      title: 'As released (oldest weighs most)',
      citation: { ...citation, source: 'code of arXiv 2511.16449', url: 'https://github.com/MINT-SJTU/VLA-Pruner' },
      values: { weightOrder: 'oldest' },
    },
  ],
  start: (values, context) => createSession(createVlaPruner(values, context)),
}
