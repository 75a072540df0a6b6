import { z } from 'zod'
import { travelledDistance } from '../../controller/actionAware.ts'
import type { Action } from '../../schema/observation.ts'
import {
  createSession,
  type KeepDecision,
  type LayerSignals,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
} from '../contract.ts'
import { booleanParameter, choiceParameter, integerParameter, numberParameter } from '../parameters.ts'
import { roundHalfUp } from '../scaling.ts'
import { lowerBound, unionOf } from '../sets.ts'
import { topK } from '../topk.ts'
import { viewsOf, type ViewTokens } from '../views.ts'
import { removalFields, removalPoint } from './peerFields.ts'
import { required } from './removeByChoice.ts'
import { textRows, visualRows, type RowMatrix } from './vectors.ts'

const NORM_EPSILON = 1e-5

const parameters = z.object({
  ...removalFields({
    layer: 0,
    firstLayer: 0,
    layerHelp: 'Layer of a 32-layer model. VLA-ADP prunes before layer 1 with weights of layer 1; see the score.',
    keep: 0.5,
    keepHelp: 'Share of all visual tokens that stay in a pruned query. VLA-ADP prints 0.3 to 0.7; its code 0.75.',
  }),
  frontShare: numberParameter({
    group: 'Removal',
    title: 'Of these from the front view',
    help: 'The rest comes from the wrist view. VLA-ADP prints 4 : 6.',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0.4,
  }),
  scoreSource: choiceParameter({
    group: 'Score',
    title: 'Score',
    help: 'attention: of the words in layer 1, known behind it. embedding: normalised dot products before it.',
    options: ['attention', 'embedding'],
    default: 'attention',
  }),
  gate: booleanParameter({
    group: 'Gate',
    title: 'Prune only when the arm moves',
    help: 'A query after a slower window than the last ones keeps everything. VLA-ADP.',
    default: true,
  }),
  displacement: choiceParameter({
    group: 'Gate',
    title: 'Displacement of a window',
    help: 'path: length of the way, as the paper says. net: distance between its ends, as the code does.',
    options: ['path', 'net'],
    default: 'path',
  }),
  streak: integerParameter({
    group: 'Gate',
    title: 'Pruned queries in a row',
    help: 'After as many, one keeps everything. VLA-ADP prints 3.',
    min: 1,
    max: 20,
    default: 3,
  }),
})

type Values = z.infer<typeof parameters>

/** Memory of the gate. */
export interface GateState {
  /** Displacements of the last two windows, oldest first. */
  windows: readonly number[]
  /** Whether the query that is running or has just run is pruned. */
  prune: boolean
  /** Pruned queries in a row, this one included. */
  run: number
}

/** A gate that has seen nothing: the first query keeps everything. */
export const OPEN_GATE: GateState = { windows: [], prune: false, run: 0 }

/** Displacement of a window of executed actions, in action units. */
export function windowDisplacement(actions: readonly Action[], method: 'path' | 'net'): number {
  if (method === 'net') return travelledDistance(actions)
  return actions.reduce((sum, action) => sum + travelledDistance([action]), 0)
}

/**
 * The gate after another window: slower than both windows before it means full, anything else pruned; with fewer than
 * two earlier windows it stays as it is; after `streak` pruned queries one is full.
 */
export function nextGate({ windows, prune, run }: GateState, displacement: number, streak: number): GateState {
  const known = windows.length >= 2
  const wish = known ? displacement >= Math.min(...windows) : prune
  const allowed = wish && run < streak
  return { windows: [...windows, displacement].slice(-2), prune: allowed, run: allowed ? run + 1 : 0 }
}

/** Mean over words of LN(t) . LN(x) / sqrt(width), without gain. */
function embeddingScores(visual: RowMatrix, text: RowMatrix): Float64Array {
  const words = normalised(text)
  const tokens = normalised(visual)
  const { width } = visual
  const mean = new Float64Array(width)
  for (let i = 0; i < words.length; i++) mean[i % width] += words[i] / text.count
  const scores = new Float64Array(visual.count)
  for (let i = 0; i < tokens.length; i++) {
    scores[Math.floor(i / width)] += (tokens[i] * mean[i % width]) / Math.sqrt(width)
  }
  return scores
}

function normalised({ values, width, count }: RowMatrix): Float64Array {
  const result = Float64Array.from(values)
  for (let row = 0; row < count; row++) {
    const part = result.subarray(row * width, (row + 1) * width)
    const mean = part.reduce((sum, value) => sum + value, 0) / width
    const variance = part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width
    const scale = 1 / Math.sqrt(variance + NORM_EPSILON)
    for (let k = 0; k < width; k++) part[k] = (part[k] - mean) * scale
  }
  return result
}

/** Tokens of the front view and of all others together; what does not fit into one goes to the other. */
export function splitCount(count: number, front: number, others: number, frontShare: number): [number, number] {
  const wish = Math.min(front, roundHalfUp(frontShare * count))
  const rest = Math.min(others, count - wish)
  return [Math.min(front, count - rest), rest]
}

function decide(
  { ids }: LayerSignals,
  score: ArrayLike<number>,
  views: readonly ViewTokens[],
  counts: readonly number[],
) {
  const sets = views.map((view, i) => {
    const from = lowerBound(ids, view.start)
    const to = lowerBound(ids, view.start + view.count)
    return {
      name: view.view,
      ids: topK(Array.prototype.slice.call(score, from, to), ids.subarray(from, to), counts[i]),
    }
  })
  const decision: KeepDecision = { keep: unionOf(...sets.map((set) => set.ids)), sets, score: Float32Array.from(score) }
  return decision
}

interface State {
  instruction: string | undefined
  gate: GateState
  displacement?: number
}

function createVlaAdp(values: Values, context: SelectorContext): Selector<State> {
  const byAttention = values.scoreSource === 'attention'
  const { layer, count } = removalPoint(values, context, byAttention ? 1 : 0)
  const views = viewsOf(context.layout)
  const counts = splitCount(count, views[0].count, views[1].count, values.frontShare)
  const layers = layer < context.layers ? [layer] : []
  return {
    plan: {
      textLayers: byAttention ? layers : [],
      actionLayers: [],
      decisionLayers: layers,
      hiddenLayers: byAttention ? [] : layers,
    },
    beginEpisode: () => ({ instruction: undefined, gate: OPEN_GATE }),
    beforeQuery({ instruction, gate }, { observation, executedActions }) {
      if (instruction !== observation.instruction) return { instruction: observation.instruction, gate: OPEN_GATE }
      const displacement = windowDisplacement(executedActions, values.displacement)
      return { instruction, gate: nextGate(gate, displacement, values.streak), displacement }
    },
    afterLayer(state, signals) {
      if (!layers.includes(signals.layer) || (values.gate && !state.gate.prune)) return { state }
      const score = byAttention
        ? required(signals.text, 'text scores')
        : embeddingScores(visualRows(signals), textRows(signals, context.layout))
      return { state, decision: decide(signals, score, views, counts) }
    },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: ({ gate, displacement }) =>
      values.gate ? { mode: gate.prune ? 'coarse' : 'fine', speed: displacement } : {},
  }
}

const citation = {
  title: 'Action-aware Dynamic Pruning for Efficient Vision-Language-Action Manipulation',
  source: 'ICLR 2026, arXiv 2509.22093',
  url: 'https://arxiv.org/abs/2509.22093',
}

/** VLA-ADP (ICLR 2026): relevance to the words, gated by how far the arm moves (docs/methods/vla-adp.md). */
export const vlaAdp: SelectorDefinition<typeof parameters> = {
  id: 'vla-adp',
  title: 'VLA-ADP',
  summary: 'Keeps what the words relate to, more of the wrist view; when the arm slows down a query keeps everything.',
  citation,
  removal: 'remove',
  parameters,
  presets: [
    { id: 'paper', title: 'Paper, 50 %', citation, values: { keep: 0.5, displacement: 'path' } },
    {
      id: 'as-released',
      title: 'As released',
      citation: { ...citation, source: 'code of arXiv 2509.22093', url: 'https://github.com/chen7086/VLA-ADP' },
      values: { keep: 0.75, displacement: 'net' },
    },
  ],
  start: (values, context) => createSession(createVlaAdp(values, context)),
}
