import { z } from 'zod'
import { visualTokenCount } from '../tokens/layout.ts'
import {
  createSession,
  type KeepDecision,
  type LayerSignals,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from './contract.ts'
import { booleanParameter, choiceParameter, integerParameter } from './parameters.ts'
import { controlKeepCount, controlRemoval, removeOnceFields } from './removeOnce.ts'
import { scaleLayer } from './scaling.ts'
import { valuesAt } from './sets.ts'
import { topK } from './topk.ts'
import { topKPerView, viewsOf } from './views.ts'

const group = 'Oracle'

const parameters = z.object({
  ...removeOnceFields,
  layer: integerParameter({
    group,
    title: 'Layer (of 32)',
    help: 'Layer of a 32-layer model whose attention ranks the tokens; SpecPrune measures with the last one.',
    min: 1,
    max: 32,
    default: 32,
  }),
  scoreRows: choiceParameter({
    group,
    title: 'Score rows',
    help: 'Whose attention ranks the tokens: the words (as in SpecPrune, Eq. 1) or the action queries.',
    options: ['text', 'action'],
    default: 'text',
  }),
  perView: booleanParameter({
    group,
    title: 'Same share of each view',
    help: 'Off: the best of both views together, as in the measurement of the SpecPrune paper.',
    default: false,
  }),
  reverse: booleanParameter({
    group,
    title: 'Worst first',
    help: 'Keeps the tokens with the least attention: the other half of the measurement of the SpecPrune paper.',
    default: false,
  }),
})

type Values = z.infer<typeof parameters>

/** Attention of the dense pass on the frame of the query, by token id; undefined before it. */
interface OracleState {
  scores?: Float32Array
}

function createOracle(values: Values, context: SelectorContext): Selector<OracleState> {
  const { layer: removal, share } = controlRemoval(values, context.layers)
  const views = viewsOf(context.layout)
  const layer = scaleLayer(values.layer, context.layers)
  const decides = removal < context.layers
  const counts = views.map((view) => controlKeepCount(share, view.count))
  const total = Math.min(
    visualTokenCount(context.layout),
    counts.reduce((sum, count) => sum + count, 0),
  )
  const decide = ({ ids }: LayerSignals, scores: Float32Array): KeepDecision => {
    const here = valuesAt(scores, ids)
    const ranking = values.reverse ? here.map((score) => -score) : here
    const keep = values.perView
      ? topKPerView(views, ids, ranking, (view) => counts[views.indexOf(view)])
      : topK(ranking, ids, total)
    return { keep, sets: [{ name: 'oracle', ids: keep }], score: here }
  }
  const onText = values.scoreRows === 'text'
  return {
    plan: {
      textLayers: [],
      actionLayers: [],
      decisionLayers: decides ? [removal] : [],
      ...(decides && {
        densePass: { moment: 'before', textLayers: onText ? [layer] : [], actionLayers: onText ? [] : [layer] },
      }),
    },
    beginEpisode: () => ({}),
    beforeQuery: () => ({}),
    afterDense(_, signals) {
      const scores = signals.find((entry) => entry.layer === layer)?.[values.scoreRows]
      if (!scores) throw new Error(`The oracle needs ${values.scoreRows} scores of a dense pass at layer ${layer}.`)
      return { scores }
    },
    afterLayer(state, signals) {
      if (!decides || signals.layer !== removal) return { state }
      if (!state.scores) throw new Error('The oracle by attention was asked before its dense pass.')
      return { state, decision: decide(signals, state.scores) }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}

/** Control: keeps what the unpruned policy attends to on this very frame. Costs a dense pass ahead of every query. */
export const oracleAttention: SelectorDefinition<typeof parameters> = {
  id: 'oracle-attention',
  title: 'Oracle by dense attention',
  summary:
    'Runs the unpruned policy on the same frame first and keeps what its deep layers attend to. ' +
    'No speed-up: the dense pass that it costs is reported apart.',
  citation: {
    title: 'Measurement in SpecPrune-VLA (motivation)',
    source: 'arXiv 2509.05614 v1',
    url: 'https://arxiv.org/abs/2509.05614v1',
  },
  removal: 'remove',
  parameters,
  presets: [
    { id: 'best', title: 'Best first', citation: { title: 'Control', source: '' }, values: {} },
    { id: 'reverse', title: 'Worst first', citation: { title: 'Control', source: '' }, values: { reverse: true } },
  ],
  start: (values, context) => createSession(createOracle(values, context)),
}
