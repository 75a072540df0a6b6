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
import { booleanParameter, choiceParameter } from '../parameters.ts'
import { differenceOf, lowerBound, toTokenSet, unionOf } from '../sets.ts'
import { topK } from '../topk.ts'
import { clusterMeans, densityPeaks } from './cluster.ts'
import { budgetField, countOfShare } from './peerFields.ts'
import { required } from './removeByChoice.ts'
import { scaleStages, stagesForBudget, type Stage } from './stages.ts'
import { dot, pickRows, textRows, visualRows, type RowMatrix } from './vectors.ts'

/** Printed stages: layers of 32, and tokens of 576 that are left behind them at each retained number. */
const STAGE_LAYERS = [2, 6, 15]
const STAGE_TOKENS = { 192: [300, 200, 110], 128: [303, 110, 36], 96: [238, 48, 26], 64: [66, 30, 17] }
const REFERENCE_TOKENS = 576
/** Share of the dropped tokens that is clustered, and how many of them make a cluster. */
const RECYCLED_SHARE = 0.3
const CLUSTER_SIZE = 10

const parameters = z.object({
  retained: choiceParameter({
    group: 'Removal',
    title: 'Retained tokens (of 576)',
    help: 'Mean over the layers, as SparseVLM names its settings; each has its own three counts.',
    options: ['192', '128', '96', '64'],
    default: '192',
  }),
  budget: budgetField(),
  recycle: booleanParameter({
    group: 'Removal',
    title: 'Recycling',
    help: 'Clusters the best 30 % of the dropped tokens and keeps the mean of each cluster. SparseVLM v1.',
    default: true,
  }),
  scoreSource: choiceParameter({
    group: 'Score',
    title: 'Score',
    help: 'attention: of all words. raters: likeness to the words that SparseVLM selects, in place of their attention.',
    options: ['attention', 'raters'],
    default: 'attention',
  }),
})

type Values = z.infer<typeof parameters>

/** The words that see more of the image than the average word; all if none does. */
export function selectRaters(visual: RowMatrix, text: RowMatrix): number[] {
  const shares = new Float64Array(text.count)
  for (let i = 0; i < visual.count; i++) {
    const logits = Float64Array.from(shares, (_, j) => dot(visual, i, text, j))
    softmax(logits).forEach((share, j) => (shares[j] += share))
  }
  const words = [...shares.keys()]
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  // A share that differs from the mean only by rounding is no reason.
  const raters = words.filter((j) => shares[j] > mean * (1 + 1e-12))
  return raters.length > 0 ? raters : words
}

/** Mean over raters of the softmax of their scaled dot products with all visual tokens. */
function raterScores(visual: RowMatrix, text: RowMatrix, raters: readonly number[]): Float64Array {
  const scores = new Float64Array(visual.count)
  for (const rater of raters) {
    const logits = scores.map((_, i) => dot(visual, i, text, rater) / Math.sqrt(visual.width))
    softmax(logits).forEach((share, i) => (scores[i] += share / raters.length))
  }
  return scores
}

function softmax(logits: Float64Array): Float64Array {
  const greatest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const powers = logits.map((logit) => Math.exp(logit - greatest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

function clusterCount(dropped: number): { clustered: number; clusters: number } {
  const clustered = Math.floor(RECYCLED_SHARE * dropped + 1e-9)
  return { clustered, clusters: clustered === 0 ? 0 : Math.floor(clustered / CLUSTER_SIZE) + 1 }
}

/** Tokens that are kept as they are, when those and the cluster means together may be `total`; 0 if that cannot be. */
function keptWithin(total: number, tokens: number): number {
  let kept = total
  while (kept > 0 && kept + clusterCount(tokens - kept).clusters > total) kept--
  return kept
}

function decide(signals: LayerSignals, score: ArrayLike<number>, count: number, clusters: boolean): KeepDecision {
  const { ids } = signals
  const kept = topK(score, ids, count)
  const dropped = differenceOf(ids, kept)
  const { clustered, clusters: groups } = clusterCount(dropped.length)
  const sets = [{ name: 'attended', ids: kept }]
  if (!clusters || groups === 0) return { keep: kept, sets, score: Float32Array.from(score) }
  const candidates = topK(
    Float64Array.from(dropped, (id) => score[lowerBound(ids, id)]),
    dropped,
    clustered,
  )
  const rows = pickRows(
    visualRows(signals),
    candidates.map((id) => lowerBound(ids, id)),
  )
  const found = densityPeaks(rows, groups)
  const means = clusterMeans(rows, found)
  const centres = found.centres.map((position) => candidates[position])
  const recycled = toTokenSet(centres)
  const replaced = new Float32Array(means.length)
  centres.forEach((id, i) => {
    replaced.set(means.subarray(i * rows.width, (i + 1) * rows.width), lowerBound(recycled, id) * rows.width)
  })
  return {
    keep: unionOf(kept, recycled),
    sets: [...sets, { name: 'recycled', ids: recycled }],
    score: Float32Array.from(score),
    replace: { ids: recycled, rows: replaced },
  }
}

/** The stages of the values on this model. */
function stagesOf({ retained, budget }: Values, layers: number): Stage[] {
  const tokens = STAGE_TOKENS[retained]
  const reference = STAGE_LAYERS.map((layer, i) => ({ layer, share: tokens[i] / REFERENCE_TOKENS }))
  const stages = scaleStages(reference, layers)
  return budget > 0 ? stagesForBudget(stages, budget, layers) : stages
}

/** State: the raters of the query, as positions among the words. */
function createSparsevlm(values: Values, context: SelectorContext): Selector<readonly number[]> {
  const visual = visualTokenCount(context.layout)
  const stages = stagesOf(values, context.layers)
  const stageLayers = stages.map(({ layer }) => layer)
  const byAttention = values.scoreSource === 'attention'
  const reads = [...(byAttention ? [] : [0]), ...(byAttention && !values.recycle ? [] : stageLayers)]
  const decideAt = (raters: readonly number[], signals: LayerSignals): KeepDecision | undefined => {
    const stage = stages.find(({ layer }) => layer === signals.layer)
    const n = signals.ids.length
    const total = stage && countOfShare(stage.share, visual)
    if (total === undefined || total >= n) return undefined
    // Printed counts do not hold the recycled tokens; a budget does.
    const within = values.budget > 0 && values.recycle ? keptWithin(total, n) : total
    const score = byAttention
      ? required(signals.text, 'text scores')
      : raterScores(visualRows(signals), textRows(signals, context.layout), raters)
    return decide(signals, score, within || total, values.recycle && within > 0)
  }
  return {
    plan: {
      textLayers: byAttention ? stageLayers : [],
      actionLayers: [],
      decisionLayers: stageLayers,
      hiddenLayers: reads,
    },
    beginEpisode: () => [],
    beforeQuery: () => [],
    afterLayer(state, signals) {
      const raters =
        !byAttention && signals.layer === 0
          ? selectRaters(visualRows(signals), textRows(signals, context.layout))
          : state
      const decision = decideAt(raters, signals)
      return decision ? { state: raters, decision } : { state: raters }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}

/** SparseVLM (ICML 2025): three text-guided removals with recycling (docs/methods/sparsevlm.md). */
export const sparsevlm: SelectorDefinition<typeof parameters> = {
  id: 'sparsevlm',
  title: 'SparseVLM',
  summary: 'At three layers keeps what the words attend to; the best of the rest lives on as the means of clusters.',
  citation: {
    title: 'SparseVLM: Visual Token Sparsification for Efficient Vision-Language Model Inference',
    source: 'ICML 2025, arXiv 2410.04417',
    url: 'https://arxiv.org/abs/2410.04417',
  },
  removal: 'merge',
  parameters,
  presets: [],
  start: (values, context) => createSession(createSparsevlm(values, context)),
}
