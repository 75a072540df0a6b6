import { z } from 'zod'
import { createRandom, deriveSeed, shuffled } from '../../random.ts'
import { visualTokenCount } from '../../tokens/layout.ts'
import {
  createSession,
  type KeepDecision,
  type LayerSignals,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from '../contract.ts'
import { integerParameter, numberParameter } from '../parameters.ts'
import type { Draw } from '../removeOnce.ts'
import { REFERENCE_VISUAL_TOKENS, roundHalfUp, scaleLayer } from '../scaling.ts'
import { hasToken, tokenRange, toTokenSet, unionOf, type TokenSet } from '../sets.ts'
import { topK } from '../topk.ts'
import { viewsOf, type ViewTokens } from '../views.ts'
import { budgetField, countOfShare, countPerView, layerField } from './peerFields.ts'
import { required } from './removeByChoice.ts'
import { stagesForBudget } from './stages.ts'
import { cosine, dot, textRows, visualRows, type RowMatrix } from './vectors.ts'

const NORM_EPSILON = 1e-6

/** Tokens of 512 behind the first stage, from the paper's table: the ratio of the stages when a budget is set. */
const EXPANDED_TOKENS = 196

const parameters = z.object({
  threshold: numberParameter({
    group: 'Expand',
    title: 'Seed threshold (deviations)',
    help: 'Tau: seeds are patches whose likeness to a word exceeds the mean by as many deviations. TEAM-VLA prints 1.',
    min: -3,
    max: 5,
    step: 0.1,
    default: 1,
  }),
  window: integerParameter({
    group: 'Expand',
    title: 'Window around a seed',
    help: 'Side of the square of patches that a seed keeps, an odd number in effect. TEAM-VLA prints 3.',
    min: 1,
    max: 9,
    default: 3,
  }),
  context: numberParameter({
    group: 'Expand',
    title: 'Random context',
    help: 'Share of the other patches that stay, drawn at every query. TEAM-VLA prints 0.1 in its ablation.',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0.1,
  }),
  layer: layerField({
    group: 'Merge',
    title: 'Merging after layer (of 32)',
    help: 'TEAM-VLA says a middle layer; 16 is ours. At 32 nothing is merged.',
    min: 1,
    default: 16,
  }),
  anchors: integerParameter({
    group: 'Merge',
    title: 'Anchors (of 512)',
    help: 'Tokens of the highest action and text attention that take the others in. TEAM-VLA prints 80.',
    min: 1,
    max: 512,
    default: 80,
  }),
  budget: budgetField(),
})

type Values = z.infer<typeof parameters>

/** How much of a view the first stage keeps: seeds above a threshold, or as many tokens as a budget allows. */
type Extent = { threshold: number } | { count: number }

/** Greatest likeness within the window around each patch of a view. */
function pooled(likeness: Float64Array, { rows, columns }: ViewTokens, window: number): Float64Array {
  const reach = Math.floor(window / 2)
  return likeness.map((_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    let best = -Infinity
    for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++) {
      for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++) {
        best = Math.max(best, likeness[y * columns + x])
      }
    }
    return best
  })
}

/** Places of a view that are a seed or beside one. A patch is beside a seed if the greatest likeness around it is a seed's. */
function expand(likeness: Float64Array, around: Float64Array, extent: Extent, context: number): Int32Array {
  const places = tokenRange(0, likeness.length)
  if ('threshold' in extent) {
    const mean = likeness.reduce((sum, value) => sum + value, 0) / likeness.length
    const variance = likeness.reduce((sum, value) => sum + (value - mean) ** 2, 0) / likeness.length
    const least = mean + extent.threshold * Math.sqrt(variance)
    return places.filter((place) => around[place] >= least)
  }
  const { count } = extent
  // What the random context adds is part of the count.
  const wish = context < 1 ? roundHalfUp((count - context * likeness.length) / (1 - context)) : 1
  const order = [...places].sort((a, b) => around[b] - around[a] || likeness[b] - likeness[a] || a - b)
  return toTokenSet(order.slice(0, Math.max(1, Math.min(wish, count))))
}

function expandView(
  likeness: Float64Array,
  view: ViewTokens,
  values: Values,
  extent: Extent,
  seed: number,
): { expanded: TokenSet; context: TokenSet } {
  const expanded = expand(likeness, pooled(likeness, view, values.window), extent, values.context)
  const others = [...tokenRange(0, view.count)].filter((place) => !hasToken(expanded, place))
  const drawn = 'count' in extent ? extent.count - expanded.length : roundHalfUp(values.context * others.length)
  const context = toTokenSet(shuffled(createRandom(seed), others).slice(0, drawn))
  return { expanded: expanded.map((place) => view.start + place), context: context.map((place) => view.start + place) }
}

/** Rows over their root mean square. */
function scaled({ values, width, squares }: RowMatrix): Float64Array {
  return Float64Array.from(
    values,
    (value, i) => value / Math.sqrt(squares[Math.floor(i / width)] / width + NORM_EPSILON),
  )
}

/** Every other token gives itself to the anchors, in parts by likeness: (S + W'T) / (1 + W'1). */
export function mergeIntoAnchors(rows: RowMatrix, anchors: Int32Array, others: Int32Array): Float32Array {
  const { width } = rows
  const normed: RowMatrix = { ...rows, values: scaled(rows) }
  const merged = new Float64Array(anchors.length * width)
  const weights = new Float64Array(anchors.length).fill(1)
  anchors.forEach((anchor, s) => {
    merged.set(rows.values.subarray(anchor * width, (anchor + 1) * width), s * width)
  })
  for (const other of others) {
    const logits = Float64Array.from(anchors, (anchor) => dot(normed, other, normed, anchor) / Math.sqrt(width))
    const greatest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
    const powers = logits.map((logit) => Math.exp(logit - greatest))
    const total = powers.reduce((sum, power) => sum + power, 0)
    powers.forEach((power, s) => {
      const weight = power / total
      weights[s] += weight
      for (let k = 0; k < width; k++) merged[s * width + k] += weight * rows.values[other * width + k]
    })
  }
  return Float32Array.from(merged, (value, i) => value / weights[Math.floor(i / width)])
}

function merge(signals: LayerSignals, count: number): KeepDecision | undefined {
  const { ids } = signals
  if (count >= ids.length) return undefined
  const text = required(signals.text, 'text scores')
  const score = required(signals.action, 'action scores').map((value, i) => value + text[i])
  const keep = topK(score, ids, count)
  const places = tokenRange(0, ids.length)
  const anchors = places.filter((place) => hasToken(keep, ids[place]))
  const others = places.filter((place) => !hasToken(keep, ids[place]))
  const rows = mergeIntoAnchors(visualRows(signals), anchors, others)
  return { keep, sets: [{ name: 'anchors', ids: keep }], score, replace: { ids: keep, rows } }
}

/** How many tokens the two stages leave; without a budget the first one is left to the threshold. */
function countsOf(values: Values, visual: number, mergeLayer: number, layers: number) {
  const anchorShare = values.anchors / REFERENCE_VISUAL_TOKENS
  if (values.budget === 0) return { expanded: undefined, anchors: countOfShare(anchorShare, visual) }
  const stages = [{ layer: 0, share: EXPANDED_TOKENS / REFERENCE_VISUAL_TOKENS }]
  if (mergeLayer < layers) stages.push({ layer: mergeLayer, share: anchorShare })
  const [first, second = first] = stagesForBudget(stages, values.budget, layers)
  return { expanded: countOfShare(first.share, visual), anchors: countOfShare(second.share, visual) }
}

function createTeamVla(values: Values, context: SelectorContext): Selector<Draw> {
  const views = viewsOf(context.layout)
  const sizes = views.map((view) => view.count)
  const mergeLayer = scaleLayer(values.layer, context.layers)
  const merges = mergeLayer < context.layers
  const counts = countsOf(values, visualTokenCount(context.layout), mergeLayer, context.layers)
  const perView = counts.expanded === undefined ? undefined : countPerView(counts.expanded, sizes)
  const decideFirst = (signals: LayerSignals, { episode, query }: Draw): KeepDecision => {
    const rows = visualRows(signals)
    const words = textRows(signals, context.layout)
    const parts = views.map((view, i) => {
      const likeness = Float64Array.from({ length: view.count }, (_, place) => {
        let best = -Infinity
        for (let j = 0; j < words.count; j++) best = Math.max(best, cosine(rows, view.start + place, words, j))
        return best
      })
      const seed = deriveSeed(context.seed, `team-vla/${episode}/${query}/${view.view}`)
      return expandView(likeness, view, values, perView ? { count: perView[i] } : { threshold: values.threshold }, seed)
    })
    const expanded = unionOf(...parts.map((part) => part.expanded))
    const drawn = unionOf(...parts.map((part) => part.context))
    // A view without a patch above its threshold, and no context: the first patch keeps the sequence alive.
    const keep = unionOf(expanded, drawn)
    if (keep.length === 0) return { keep: Int32Array.of(0), sets: [{ name: 'expanded', ids: Int32Array.of(0) }] }
    return {
      keep,
      sets: [
        { name: 'expanded', ids: expanded },
        { name: 'context', ids: drawn },
      ],
    }
  }
  return {
    plan: {
      textLayers: merges ? [mergeLayer] : [],
      actionLayers: merges ? [mergeLayer] : [],
      decisionLayers: merges ? [0, mergeLayer] : [0],
      hiddenLayers: merges ? [0, mergeLayer] : [0],
    },
    // The first query makes draw 0: beforeQuery counts up.
    beginEpisode: (episode = 0) => ({ episode, query: -1 }),
    beforeQuery: (state) => ({ ...state, query: state.query + 1 }),
    afterLayer(state, signals) {
      if (signals.layer === 0) return { state, decision: decideFirst(signals, state) }
      const decision = merges && signals.layer === mergeLayer ? merge(signals, counts.anchors) : undefined
      return decision ? { state, decision } : { state }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}

/** TEAM-VLA: expands around what resembles the words, then merges into anchors (docs/methods/team-vla.md). */
export const teamVla: SelectorDefinition<typeof parameters> = {
  id: 'team-vla',
  title: 'TEAM-VLA',
  summary:
    'Before layer 1 keeps patches around those that resemble a word, and a few random ones; ' +
    'at a middle layer all others merge into the most attended tokens.',
  citation: {
    title: 'Token Expand-Merge: Training-Free Token Compression for Vision-Language-Action Models',
    source: 'arXiv 2512.09927',
    url: 'https://arxiv.org/abs/2512.09927',
  },
  removal: 'merge',
  parameters,
  presets: [],
  start: (values, context) => createSession(createTeamVla(values, context)),
}
