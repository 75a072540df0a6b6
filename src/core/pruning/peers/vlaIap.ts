import { z } from 'zod'
import { visualTokenCount } from '../../tokens/layout.ts'
import {
  createSession,
  type LayerSignals,
  type QueryInput,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from '../contract.ts'
import { numberParameter } from '../parameters.ts'
import { topK } from '../topk.ts'
import { viewsOf, type ViewTokens } from '../views.ts'
import { edgeEnergy, motionEnergy, standardised } from './imageCues.ts'
import { removalFields, removalPoint } from './peerFields.ts'
import { cosine, textRows, visualRows } from './vectors.ts'

const { keep: conservativeKeep, ...removal } = removalFields({
  layer: 0,
  firstLayer: 0,
  layerHelp: 'Layer of a 32-layer model, scaled with depth. VLA-IAP prunes before layer 1, which is 0.',
  keep: 0.75,
  keepHelp: 'Share kept while the hand looks for its target. Value ours, after VLA-IAP.',
})

const parameters = z.object({
  ...removal,
  keep: conservativeKeep,
  keepLocked: numberParameter({
    group: 'Removal',
    title: 'Share kept when locked on',
    help: 'Share kept when what moves is what the words mean. Value ours, after VLA-IAP.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0.4,
  }),
  maskDeviations: numberParameter({
    group: 'Phase',
    title: 'Masks above (deviations)',
    help: 'A patch is meant, or moves, if its score exceeds the mean of its view by as many deviations. Value ours.',
    min: 0,
    max: 4,
    step: 0.1,
    default: 1,
  }),
  lockOverlap: numberParameter({
    group: 'Phase',
    title: 'Locked on from overlap',
    help: 'Overlap (intersection over union) of both masks from which the hand counts as locked on. Value ours.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0.2,
  }),
})

type Values = z.infer<typeof parameters>

/** Priors from the images, in standard deviations, by token id. */
interface State {
  edges: Float64Array
  motion: Float64Array
  /** Undefined before the decision of a query. */
  locked?: boolean
}

/** Intersection over union of the tokens above a limit in both scores; 0 if there are none. */
export function maskOverlap(a: Float64Array, b: Float64Array, limit: number): number {
  let both = 0
  let either = 0
  for (let i = 0; i < a.length; i++) {
    const [inA, inB] = [a[i] >= limit, b[i] >= limit]
    if (inA && inB) both++
    if (inA || inB) either++
  }
  return either === 0 ? 0 : both / either
}

function byView(views: readonly ViewTokens[], scoresOf: (view: ViewTokens) => Float64Array): Float64Array {
  return Float64Array.from(views.flatMap((view) => [...standardised(scoresOf(view))]))
}

function imagePriors(views: readonly ViewTokens[], input: QueryInput): State {
  const { images } = input.observation
  // The frame of the previous query: what has moved since then.
  const earlier = input.executedActions.length > 0 ? input.imagesAt(input.executedActions.length) : undefined
  return {
    edges: byView(views, (view) => edgeEnergy(images[view.view], view)),
    motion: byView(views, (view) =>
      earlier ? motionEnergy(images[view.view], earlier[view.view], view) : new Float64Array(view.count),
    ),
  }
}

function meaning(signals: LayerSignals, views: readonly ViewTokens[], context: SelectorContext): Float64Array {
  const rows = visualRows(signals)
  const text = textRows(signals, context.layout)
  return byView(views, (view) =>
    Float64Array.from({ length: view.count }, (_, place) => {
      let sum = 0
      for (let j = 0; j < text.count; j++) sum += cosine(rows, view.start + place, text, j)
      return sum / text.count
    }),
  )
}

function createVlaIap(values: Values, context: SelectorContext): Selector<State> {
  const views = viewsOf(context.layout)
  const none = new Float64Array(visualTokenCount(context.layout))
  const searching = removalPoint(values, context, 0)
  const locked = removalPoint({ ...values, keep: values.keepLocked }, context, 0)
  const layers = searching.layer < context.layers ? [searching.layer] : []
  return {
    plan: { textLayers: [], actionLayers: [], decisionLayers: layers, hiddenLayers: layers },
    beginEpisode: () => ({ edges: none, motion: none }),
    beforeQuery: (_, input) => imagePriors(views, input),
    afterLayer(state, signals) {
      if (!layers.includes(signals.layer)) return { state }
      const semantic = meaning(signals, views, context)
      const isLocked = maskOverlap(semantic, state.motion, values.maskDeviations) >= values.lockOverlap
      const score = semantic.map((value, id) => value + state.edges[id] + state.motion[id])
      const keep = topK(score, signals.ids, (isLocked ? locked : searching).count)
      const decision = { keep, sets: [{ name: 'priors', ids: keep }], score: Float32Array.from(score) }
      return { state: { ...state, locked: isLocked }, decision }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: (state) => (state.locked === undefined ? {} : { mode: state.locked ? 'coarse' : 'fine' }),
  }
}

/** VLA-IAP-style: edges, meaning and motion, in two phases (docs/methods/vla-iap-style.md). */
export const vlaIapStyle: SelectorDefinition<typeof parameters> = {
  id: 'vla-iap-style',
  title: 'VLA-IAP-style',
  summary:
    'Adds up edges, likeness to the words and motion; keeps less when what moves is what the words mean. ' +
    'An approximation: the constants of the paper are not known to us.',
  citation: {
    title: 'After VLA-IAP: three priors of interaction',
    source: 'after arXiv 2603.22991',
    url: 'https://arxiv.org/abs/2603.22991',
  },
  removal: 'remove',
  parameters,
  presets: [],
  start: (values, context) => createSession(createVlaIap(values, context)),
}
