import { motionOf, nextMode, shouldReplan, travelledDistance } from '../controller/actionAware.ts'
import { findEarlierFrame, lookBackSteps } from '../controller/lookBack.ts'
import {
  createSession,
  type ControllerMode,
  type ExecutedStep,
  type GateProvenance,
  type KeepDecision,
  type KeepSet,
  type LayerSignals,
  type QueryInput,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorNotes,
} from './contract.ts'
import { fixedCountKeys, type FusedRequest } from './fused.ts'
import { layerConfidence, rankWeights, stageKeepCount, updateAverage } from './layerScores.ts'
import { differenceOf, hasToken, intersectionOf, tokenRange, unionOf, valuesAt } from './sets.ts'
import { specpruneParameters, type SpecpruneValues } from './specpruneParameters.ts'
import { specpruneCitation, specprunePresets } from './specprunePresets.ts'
import {
  attentionRanking,
  dynamicRanking,
  fillToMinimum,
  FULL_SCALE,
  globalCount,
  largestScale,
  localCount,
  similarityOf,
  takeSets,
  type RankedSet,
  type ScoredTokens,
} from './specpruneSets.ts'
import { createSetup, planOf, scoredLayers, type SpecpruneSetup } from './specpruneSetup.ts'
import { topK } from './topk.ts'
import type { ViewTokens } from './views.ts'

/** Attention that one query hands to the next, and what kind of forward it comes from. */
interface InheritedScores {
  layers: readonly ScoredTokens[]
  /** Mode of the query that made them. */
  mode: ControllerMode
  provenance: GateProvenance
}

/** Memory of the query that is running or has just run. */
interface QueryMemory {
  /** Nothing is removed, for lack of history. */
  warmUp: boolean
  mode: ControllerMode
  speed?: number
  lookBackSteps?: number
  inherited?: InheritedScores
  /** Cosine of each patch with the earlier frame, by token id; undefined without an earlier frame. */
  similarity?: Float64Array
  local: readonly ScoredTokens[]
  /** What the global layers have shown so far, for the next query. */
  harvest: InheritedScores
  /** Moving average of the layer level, by token id. */
  average: Float64Array
  /** Confidence by layer, kept for the episode where the parameters say so. */
  confidences: Readonly<Record<number, number>>
}

/** Memory of the episode. */
export interface SpecpruneState {
  mode: ControllerMode
  instruction?: string
  /** Control step of the first query under this instruction: no look-back goes beyond it. */
  firstStep: number
  /** Scores for the next query; undefined before the first query has ended. */
  global?: InheritedScores
  confidences: Readonly<Record<number, number>>
  query?: QueryMemory
}

function beginEpisode(): SpecpruneState {
  return { mode: 'coarse', firstStep: 0, confidences: {} }
}

/** What history a query needs and finds: without an earlier frame or inherited scores the query stays dense. */
function beforeQuery(setup: SpecpruneSetup, before: SpecpruneState, input: QueryInput): SpecpruneState {
  const { instruction, images } = input.observation
  const { values, views } = setup
  const isNew = before.instruction !== instruction
  const state = isNew ? { ...beginEpisode(), instruction, firstStep: input.step } : before
  const speed = values.dynamic ? travelledDistance(isNew ? [] : input.executedActions) : undefined
  const earlier =
    speed === undefined
      ? undefined
      : findEarlierFrame(lookBackSteps(speed, values), input.step - state.firstStep, input.imagesAt)
  const lacksFrame = values.dynamic && !earlier
  const lacksGlobal = values.global && !state.global
  const query: QueryMemory = {
    warmUp: setup.staticLayer !== undefined && (lacksFrame || lacksGlobal),
    mode: state.mode,
    speed,
    lookBackSteps: earlier?.stepsBack,
    inherited: values.global ? state.global : undefined,
    similarity: earlier && similarityOf(views, images, earlier.frame),
    local: [],
    harvest: { layers: [], mode: state.mode, provenance: 'dense' },
    average: new Float64Array(setup.visualTokens),
    confidences: state.confidences,
  }
  return { ...state, query }
}

/** Takes in what a layer shows: the local set, the next query's global set, the moving average. */
function observeLayer(setup: SpecpruneSetup, query: QueryMemory, signals: LayerSignals): QueryMemory {
  const { layer, ids } = signals
  let { local, harvest } = query
  if (setup.localLayers.includes(layer)) {
    local = [...local, { layer, ids, scores: scoresOf(signals, setup.values.scoreRows) }]
  }
  if (setup.globalLayers.includes(layer)) {
    const dense = harvest.provenance === 'dense' && ids.length === setup.visualTokens
    const scored = { layer, ids, scores: scoresOf(signals, setup.globalRows) }
    harvest = { ...harvest, layers: [...harvest.layers, scored], provenance: dense ? 'dense' : 'pruned' }
  }
  const observed = { ...query, local, harvest }
  return setup.averageLayers.includes(layer) && !query.warmUp ? averageLayer(setup.values, observed, signals) : observed
}

function averageLayer(values: SpecpruneValues, query: QueryMemory, signals: LayerSignals): QueryMemory {
  const { layer, ids } = signals
  const scores = scoresOf(signals, values.scoreRows)
  const known = values.confidenceOnce ? query.confidences[layer] : undefined
  const confidence = known ?? layerConfidence(scores, values.confidence)
  const weighted = rankWeights(scores, ids, values.rankSlope).map((weight) => weight * confidence)
  return {
    ...query,
    average: updateAverage(query.average, ids, weighted, values.averageWeight),
    confidences: values.confidenceOnce ? { ...query.confidences, [layer]: confidence } : query.confidences,
  }
}

function scoresOf({ layer, ...signals }: LayerSignals, rows: 'text' | 'action'): Float32Array {
  const scores = signals[rows]
  if (!scores) throw new Error(`SpecPrune needs ${rows} scores after layer ${layer}.`)
  return scores
}

/** All sets of the query as ranked tokens: global, dynamic, local, in this order. */
function rankedSets(setup: SpecpruneSetup, query: QueryMemory): RankedSet[] {
  const { values, views, alpha } = setup
  const ranked = knownSets(setup, query)
  for (const scored of query.local) {
    const countOf = (view: ViewTokens) => localCount(view, query.mode, alpha, values)
    ranked.push(...attentionRanking(`local:${scored.layer}`, views, scored, countOf))
  }
  return ranked
}

/** The sets that are known before the query runs: global and dynamic. */
function knownSets(setup: SpecpruneSetup, query: QueryMemory): RankedSet[] {
  const { values, views, alpha } = setup
  const ranked: RankedSet[] = []
  for (const scored of query.inherited?.layers ?? []) {
    const { mode, layers } = query.inherited ?? query.harvest
    const countOf = (view: ViewTokens) => globalCount(view, mode, alpha, layers.length, values)
    ranked.push(...attentionRanking('global', views, scored, countOf))
  }
  if (query.similarity) ranked.push(...dynamicRanking(views, query.similarity, query.mode, values))
  return ranked
}

/** The number by which the removal fills up: attention of its layer; before layer 1 what was inherited, or the change of pixels. */
function fillScores(query: QueryMemory, signals: LayerSignals, rows: 'text' | 'action'): Float32Array {
  const { ids, layer } = signals
  if (layer > 0) return scoresOf(signals, rows)
  if (!query.inherited) return Float32Array.from(ids, (id) => -(query.similarity?.[id] ?? 0))
  const sums = new Float64Array(query.average.length)
  for (const scored of query.inherited.layers) scored.ids.forEach((id, i) => (sums[id] += scored.scores[i]))
  return Float32Array.from(ids, (id) => sums[id])
}

/** The action level: keeps the union of the sets, filled up by score to the minimum or to what the budget allows. */
function decideStatic(setup: SpecpruneSetup, query: QueryMemory, signals: LayerSignals): KeepDecision {
  const { ids } = signals
  const score = fillScores(query, signals, setup.values.scoreRows)
  const ranked = rankedSets(setup, query)
  if (setup.quotas) return decideBudget(setup, setup.quotas, ranked, ids, score)
  const sets = takeSets(ranked, () => FULL_SCALE, ids)
  const union = unionOf(...sets.map((set) => set.ids))
  if (setup.staticCount !== undefined) return decideCount(setup.staticCount, ids, score, union, sets)
  const filled = fillToMinimum(ids, score, union, setup.minimum)
  if (filled.length > 0) sets.push({ name: 'minimum', ids: filled })
  return { keep: unionOf(union, filled), sets, score: score.slice() }
}

/** The union of the sets, filled up or cut to a count by score. */
function decideCount(
  count: number,
  ids: Int32Array,
  score: Float32Array,
  union: Int32Array,
  sets: readonly KeepSet[],
): KeepDecision {
  const keys = fixedCountKeys(ids, score, (id) => hasToken(union, id))
  const keep = topK(keys, ids, count)
  const kept = sets.map((set) => ({ name: set.name, ids: intersectionOf(set.ids, keep) }))
  return { keep, sets: [...kept, { name: 'budget', ids: differenceOf(keep, union) }], score: score.slice() }
}

/** In each view all sets grow or shrink by one factor until their union fits, and the best others fill the rest. */
function decideBudget(
  setup: SpecpruneSetup,
  quotas: readonly number[],
  ranked: readonly RankedSet[],
  ids: Int32Array,
  score: Float32Array,
): KeepDecision {
  const scales = setup.views.map((view, i) => {
    const own = ranked.filter((set) => set.view.view === view.view)
    return largestScale(own, quotas[i], ids)
  })
  const sets = takeSets(ranked, (view) => scales[setup.views.findIndex((entry) => entry.view === view.view)], ids)
  const union = unionOf(...sets.map((set) => set.ids))
  const filled = setup.views.map(({ start, count }, i) => {
    const here = (id: number) => id >= start && id < start + count
    const own = ids.filter(here)
    const ownScore = score.filter((_, position) => here(ids[position]))
    return fillToMinimum(own, ownScore, union.filter(here), quotas[i])
  })
  const fill = unionOf(...filled)
  if (fill.length > 0) sets.push({ name: 'budget', ids: fill })
  return { keep: unionOf(union, fill), sets, score: score.slice() }
}

/** The published code removes already after the first local layer, keeping more of its tokens than the set will have. */
function decideCandidates(setup: SpecpruneSetup, query: QueryMemory, signals: LayerSignals): KeepDecision {
  const factor = setup.values.candidateFactor
  const ranked = rankedSets(setup, query).map((set) =>
    set.name.startsWith('local:') ? { ...set, name: 'candidates', count: factor * set.count } : set,
  )
  const sets = takeSets(ranked, () => FULL_SCALE, signals.ids)
  const keep = unionOf(...sets.map((set) => set.ids))
  return { keep, sets, score: scoresOf(signals, setup.values.scoreRows).slice() }
}

/** A stage of the layer level: drops the tokens with the lowest moving average. */
function decideStage(setup: SpecpruneSetup, query: QueryMemory, { layer, ids }: LayerSignals): KeepDecision {
  const score = valuesAt(query.average, ids)
  const keep = topK(score, ids, stageCount(setup, layer, ids.length))
  return { keep, sets: [{ name: `layer:${layer}`, ids: keep }], score: Float32Array.from(score) }
}

/** Tokens that a stage keeps of those that reach it. */
function stageCount(setup: SpecpruneSetup, layer: number, tokens: number): number {
  const { dropShare, dropBase } = setup.values
  const fixed = dropBase === 'all' ? setup.fixedTokens : undefined
  return setup.stageCounts?.get(layer) ?? stageKeepCount(tokens, dropShare, setup.minimum, fixed)
}

/** The query as numbers for the fused graph, which can only remove a number of tokens that is known before it runs. */
function fusedRequest(setup: SpecpruneSetup, { query }: SpecpruneState): FusedRequest | undefined {
  const { values, views, visualTokens, alpha, staticLayer, stageLayers, staticCount, averageLayers } = setup
  const { confidence } = values
  if (!query || staticLayer === undefined || staticCount === undefined) return undefined
  // The graph removes nothing before layer 1, chooses no candidates and reads one kind of rows.
  if (staticLayer === 0 || setup.candidateLayer !== undefined || setup.globalRows !== values.scoreRows) return undefined
  if (confidence === 'normalised-entropy' || values.confidenceOnce) return undefined
  let tokens = query.warmUp ? visualTokens : staticCount
  const removals = [{ layer: staticLayer, tokens }]
  for (const layer of stageLayers) {
    if (!query.warmUp) tokens = stageCount(setup, layer, tokens)
    removals.push({ layer, tokens })
  }
  const known = takeSets(knownSets(setup, query), () => FULL_SCALE, tokenRange(0, visualTokens))
  const local = views.map((view) => localCount(view, query.mode, alpha, values))
  return {
    rows: values.scoreRows,
    forced: unionOf(...known.map(({ ids }) => ids)),
    local: setup.localLayers.map((layer) => ({ layer, tokens: local })),
    removals,
    average: { layers: averageLayers, rankSlope: values.rankSlope, weight: values.averageWeight, confidence },
  }
}

function afterLayer(
  setup: SpecpruneSetup,
  readLayers: readonly number[],
  state: SpecpruneState,
  signals: LayerSignals,
): { state: SpecpruneState; decision?: KeepDecision } {
  const { layer } = signals
  if (!readLayers.includes(layer) && layer !== setup.staticLayer) return { state }
  if (!state.query) throw new Error('afterLayer was called without beforeQuery.')
  // Not every scored layer is used at a warm-up, but a plan that is not kept must not go unnoticed.
  if (scoredLayers(setup).includes(layer)) scoresOf(signals, setup.values.scoreRows)
  const query = observeLayer(setup, state.query, signals)
  const next = { ...state, query }
  if (query.warmUp) return { state: next }
  if (layer === setup.staticLayer) return { state: next, decision: decideStatic(setup, query, signals) }
  if (layer === setup.candidateLayer) return { state: next, decision: decideCandidates(setup, query, signals) }
  if (setup.stageLayers.includes(layer)) return { state: next, decision: decideStage(setup, query, signals) }
  return { state: next }
}

function afterStep(values: SpecpruneValues, state: SpecpruneState, { action, remaining }: ExecutedStep) {
  if (!values.controller) return { state, replan: false }
  const mode = nextMode(state.mode, motionOf(action), values, remaining)
  const replan = values.replan && shouldReplan(state.mode, mode, remaining)
  return { state: mode === state.mode ? state : { ...state, mode }, replan }
}

/** What the latest query did, and the mode as it is now: between queries `afterStep` may change it. */
function notesOf(values: SpecpruneValues, { mode, query }: SpecpruneState): SelectorNotes {
  return {
    mode: values.controller ? mode : undefined,
    lookBackSteps: query?.lookBackSteps,
    speed: query?.speed,
    warmUp: query?.warmUp,
    gateProvenance: query?.inherited?.provenance,
  }
}

/** SpecPrune as a pure selector; {@link specprune} is the entry of the registry. */
export function createSpecprune(values: SpecpruneValues, context: SelectorContext): Selector<SpecpruneState> {
  const setup = createSetup(values, context)
  const plan = planOf(setup)
  const readLayers = [...plan.textLayers, ...plan.actionLayers, ...setup.stageLayers]
  return {
    plan,
    beginEpisode,
    beforeQuery: (state, input) => beforeQuery(setup, state, input),
    afterLayer: (state, signals) => afterLayer(setup, readLayers, state, signals),
    afterQuery: (state) => ({
      ...state,
      global: values.global ? state.query?.harvest : undefined,
      confidences: state.query?.confidences ?? state.confidences,
    }),
    afterStep: (state, step) => afterStep(values, state, step),
    notes: (state) => notesOf(values, state),
    fused: (state) => fusedRequest(setup, state),
  }
}

/** SpecPrune-VLA: two levels of pruning and an action-aware controller (docs/methods/specprune.md). */
export const specprune: SelectorDefinition<typeof specpruneParameters> = {
  id: 'specprune',
  readsHistory: true,
  title: 'SpecPrune',
  summary:
    'Keeps what the previous query attended to, what moved, and what the first layers attend to now; ' +
    'then drops the weakest tokens at a few deeper layers. Keeps more while the gripper approaches something.',
  citation: specpruneCitation,
  removal: 'remove',
  parameters: specpruneParameters,
  presets: specprunePresets,
  start: (values, context) => createSession(createSpecprune(values, context)),
}
