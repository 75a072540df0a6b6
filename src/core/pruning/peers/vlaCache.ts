import { z } from 'zod'
import { visualTokenCount } from '../../tokens/layout.ts'
import {
  createSession,
  type KeepDecision,
  type LayerSignals,
  type QueryInput,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from '../contract.ts'
import { scoreEntropy } from '../layerScores.ts'
import { choiceParameter, integerParameter, numberParameter } from '../parameters.ts'
import { patchCosine } from '../patchSimilarity.ts'
import { scaleCount, scaleLayer, scaleLayers } from '../scaling.ts'
import { differenceOf, hasToken, tokenRange, toTokenSet, type TokenSet } from '../sets.ts'
import { orderByScore, topK } from '../topk.ts'
import { viewsOf, type ViewTokens } from '../views.ts'
import { budgetField, layerField, removalPoint } from './peerFields.ts'
import { required } from './removeByChoice.ts'

/** Layers (of 32) at which the share of reused tokens may grow; the first is a parameter. */
const LATER_LAYERS = [6, 9, 11]

const parameters = z.object({
  layer: layerField({
    title: 'Reuse after layer (of 32)',
    help: 'Layer of a 32-layer model, scaled with depth. VLA-Cache prints 2, and 6, 9, 11 for later growth.',
    min: 0,
    default: 2,
  }),
  budget: budgetField(),
  similarity: numberParameter({
    group: 'Static tokens',
    title: 'Patch similarity from',
    help: 'Cosine of the pixels with the previous query from which a patch counts as static. VLA-Cache prints 0.996.',
    min: 0.9,
    max: 1,
    step: 0.001,
    default: 0.996,
  }),
  staticTokens: integerParameter({
    group: 'Static tokens',
    title: 'Static tokens (per 256)',
    help: 'At most as many of each view, the most similar. VLA-Cache prints 100; its code has 150.',
    min: 0,
    max: 256,
    default: 100,
  }),
  taskTokens: integerParameter({
    group: 'Task tokens',
    title: 'Task tokens (per 256)',
    help: 'Tokens of each view that the words attended to most in the previous query: never reused. The code has 100 or 120.',
    min: 0,
    max: 256,
    default: 100,
  }),
  attentionLayer: layerField({
    group: 'Task tokens',
    title: 'Attention of layer (of 32)',
    help: 'Layer of the previous query whose attention names the task tokens. VLA-Cache prints 15.',
    min: 1,
    default: 15,
  }),
  layerRule: choiceParameter({
    group: 'Layers',
    title: 'Share reused by layer',
    help: 'constant: all from the first layer on. entropy: more where the attention of the previous query narrows.',
    options: ['constant', 'entropy'],
    default: 'constant',
  }),
  growth: numberParameter({
    group: 'Layers',
    title: 'Growth with entropy',
    help: 'k of min(k sum of relative entropy drops, 1), for the rule entropy. Not printed; value ours.',
    min: 0,
    max: 20,
    step: 0.5,
    default: 4,
  }),
})

type Values = z.infer<typeof parameters>

/** What one query tells the next. */
interface Memory {
  task: TokenSet
  /** Entropy of the words' attention over visual tokens, by layer (entry 0 is layer 1). */
  entropies: readonly number[]
}

interface State {
  instruction: string | undefined
  previous?: Memory
  current: Memory
  /** Tokens that may be reused in the running query, the best first. */
  order: readonly number[]
  /** How many have been so far. */
  reused: number
}

const NOTHING: Memory = { task: new Int32Array(), entropies: [] }

/** Similarity of every patch to the frame of the previous query, by token id. */
function staticity({ observation, executedActions, imagesAt }: QueryInput, views: readonly ViewTokens[]) {
  const earlier = executedActions.length > 0 ? imagesAt(executedActions.length) : undefined
  if (!earlier) return undefined
  const { images } = observation
  return Float64Array.from(
    views.flatMap(({ view, rows, columns }) => [...patchCosine(images[view], earlier[view], rows, columns)]),
  )
}

/** Static tokens of each view that are no task tokens, the most similar first. */
export function reusable(
  similarity: Float64Array,
  task: TokenSet,
  views: readonly ViewTokens[],
  values: Pick<Values, 'similarity' | 'staticTokens'>,
): number[] {
  const still = views.flatMap((view) => {
    const ids = tokenRange(view.start, view.count).filter((id) => similarity[id] >= values.similarity)
    return [...topK(pick(similarity, ids), ids, scaleCount(values.staticTokens, view.count))]
  })
  return byScore(differenceOf(toTokenSet(still), task), similarity)
}

function pick(scores: Float64Array, ids: TokenSet): Float64Array {
  return Float64Array.from(ids, (id) => scores[id])
}

function byScore(ids: TokenSet, scores: Float64Array): number[] {
  return [...orderByScore(pick(scores, ids), ids)].map((position) => ids[position])
}

/** Share of the reusable tokens at a layer: min(k sum of (E^(l-1) - E^l) / E^(l-1), 1), never below 0. */
export function entropyShare(entropies: readonly number[], layer: number, growth: number): number {
  let sum = 0
  for (let i = 1; i < layer && i < entropies.length; i++) {
    if (entropies[i - 1] > 0) sum += (entropies[i - 1] - entropies[i]) / entropies[i - 1]
  }
  return Math.min(1, Math.max(0, growth * sum))
}

/** The words' attention over all visual tokens, those that were only reused included, by token id. */
function wholeAttention({ ids, text, reused }: LayerSignals, visual: number): Float64Array {
  const scores = new Float64Array(visual)
  required(text, 'text scores').forEach((score, i) => (scores[ids[i]] = score))
  reused?.ids.forEach((id, i) => (scores[id] = required(reused.text, 'text scores of reused tokens')[i]))
  return scores
}

function createVlaCache(values: Values, context: SelectorContext): Selector<State> {
  const views = viewsOf(context.layout)
  const visual = visualTokenCount(context.layout)
  const everything = tokenRange(0, visual)
  const { layer, count } = removalPoint({ ...values, keep: 1 }, context, 0)
  const byEntropy = values.layerRule === 'entropy' && values.budget === 0
  const later = byEntropy ? scaleLayers(LATER_LAYERS, context.layers).filter((other) => other > layer) : []
  const layers = [layer, ...later].filter((other) => other < context.layers)
  const taskLayer = scaleLayer(values.attentionLayer, context.layers)
  const orderOf = (input: QueryInput, previous: Memory | undefined): number[] => {
    const similarity = previous && staticity(input, views)
    if (!similarity) return []
    if (values.budget === 0) return reusable(similarity, previous.task, views, values)
    // A budget takes as many as it needs: static ones first, task tokens last.
    const free = byScore(differenceOf(everything, previous.task), similarity)
    return [...free, ...byScore(previous.task, similarity)].slice(0, visual - count)
  }
  const wanted = (state: State, at: number): number => {
    const share = byEntropy ? entropyShare(state.previous?.entropies ?? [], at, values.growth) : 1
    return Math.max(state.reused, Math.floor(share * state.order.length + 1e-9))
  }
  const decide = (
    state: State,
    { layer: at, ids, cached }: LayerSignals,
  ): { state: State; decision?: KeepDecision } => {
    const next = wanted(state, at)
    const chosen = toTokenSet(state.order.slice(state.reused, next)).filter((id) => cached && hasToken(cached, id))
    const reuse = chosen.filter((id) => hasToken(ids, id))
    const after = { ...state, reused: next }
    if (reuse.length === 0) return { state: after }
    const keep = differenceOf(ids, reuse)
    return { state: after, decision: { keep, sets: [{ name: 'computed', ids: keep }], reuse } }
  }
  const learn = (memory: Memory, signals: LayerSignals): Memory => {
    const attention = wholeAttention(signals, visual)
    const entropies = byEntropy ? [...memory.entropies, scoreEntropy(attention)] : memory.entropies
    if (signals.layer !== taskLayer) return { ...memory, entropies }
    const task = views.flatMap((view) => {
      const ids = tokenRange(view.start, view.count)
      return [...topK(pick(attention, ids), ids, scaleCount(values.taskTokens, view.count))]
    })
    return { task: toTokenSet(task), entropies }
  }
  const textLayers = byEntropy ? [...tokenRange(1, context.layers)] : [taskLayer]
  return {
    plan: { textLayers, actionLayers: [], decisionLayers: layers, reuses: true },
    beginEpisode: () => ({ instruction: undefined, current: NOTHING, order: [], reused: 0 }),
    beforeQuery({ instruction, previous }, input) {
      const same = instruction === input.observation.instruction
      const known = same ? previous : undefined
      return {
        instruction: input.observation.instruction,
        ...(known ? { previous: known } : {}),
        current: NOTHING,
        order: orderOf(input, known),
        reused: 0,
      }
    },
    afterLayer(state, signals) {
      const current = textLayers.includes(signals.layer) ? learn(state.current, signals) : state.current
      const next = { ...state, current }
      return layers.includes(signals.layer) ? decide(next, signals) : { state: next }
    },
    afterQuery: (state) => ({ ...state, previous: state.current }),
    afterStep: (state) => ({ state, replan: false }),
    notes: ({ previous }) => (previous ? { warmUp: false } : { warmUp: true }),
  }
}

const citation = {
  title: 'VLA-Cache: Efficient Vision-Language-Action Manipulation via Adaptive Token Caching',
  source: 'NeurIPS 2025, arXiv 2502.02175',
  url: 'https://arxiv.org/abs/2502.02175',
}

/** VLA-Cache (NeurIPS 2025): what has not changed and does not matter is reused (docs/methods/vla-cache.md). */
export const vlaCache: SelectorDefinition<typeof parameters> = {
  id: 'vla-cache',
  title: 'VLA-Cache',
  summary:
    'Tokens of patches that look as in the previous query and that the words did not attend to ' +
    'stay in the sequence with the keys and values of that query, and are not computed again.',
  citation,
  removal: 'reuse',
  readsHistory: true,
  parameters,
  presets: [
    { id: 'paper', title: 'Paper', citation, values: {} },
    {
      id: 'as-released',
      title: 'As released (counts)',
      citation: { ...citation, source: 'code of arXiv 2502.02175', url: 'https://github.com/siyuhsu/vla-cache' },
      values: { staticTokens: 150, taskTokens: 120 },
    },
  ],
  start: (values, context) => createSession(createVlaCache(values, context)),
}
