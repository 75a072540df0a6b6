import { motionOf, nextMode, shouldReplan, travelledDistance } from '../controller/actionAware.ts'
import { findEarlierFrame, lookBackSteps } from '../controller/lookBack.ts'
import { visualTokenCount } from '../tokens/layout.ts'
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
  type SelectorPlan,
} from './contract.ts'
import { layerConfidence, rankWeights, stageKeepCount, updateAverage } from './layerScores.ts'
import { scaleLayers, scaleMinimum, scaleStageLayers } from './scaling.ts'
import { intersectionOf, tokenRange, unionOf, valuesAt, type TokenSet } from './sets.ts'
import {
  specpruneCitation,
  specpruneParameters,
  specprunePresets,
  type SpecpruneValues,
} from './specpruneParameters.ts'
import { dynamicSet, fillToMinimum, globalSet, localSet } from './specpruneSets.ts'
import { topK } from './topk.ts'
import { viewsOf, type ViewTokens } from './views.ts'

/** Tokens that one query hands to the next, and what kind of forward scored them. */
interface InheritedSet {
  ids: TokenSet
  provenance: GateProvenance
}

/** Memory of the query that is running or has just run. */
interface QueryMemory {
  /** Nothing is removed, for lack of history. */
  warmUp: boolean
  mode: ControllerMode
  speed?: number
  lookBackSteps?: number
  inherited?: InheritedSet
  dynamic: TokenSet
  local: readonly KeepSet[]
  /** What the global layers have found so far, for the next query. */
  harvest: InheritedSet
  /** Moving average of the layer level, by token id. */
  average: Float64Array
}

/** Memory of the episode. */
export interface SpecpruneState {
  mode: ControllerMode
  instruction?: string
  /** Control step of the first query under this instruction: no look-back goes beyond it. */
  firstStep: number
  /** The global set for the next query; undefined before the first query has ended. */
  global?: InheritedSet
  query?: QueryMemory
}

/** Parameters turned into this model's layers and sizes. */
interface Setup {
  values: SpecpruneValues
  views: readonly ViewTokens[]
  visualTokens: number
  minimum: number
  localLayers: readonly number[]
  globalLayers: readonly number[]
  /** Layer of the static removal; undefined when no set is on, or nothing comes after it. */
  staticLayer?: number
  stageLayers: readonly number[]
  /** Layers that feed the moving average. */
  averageLayers: readonly number[]
}

function createSetup(values: SpecpruneValues, context: SelectorContext): Setup {
  const { layers, layout } = context
  const anySet = values.global || values.dynamic || values.local
  const hasStatic = anySet && values.staticLayer < layers
  const stageLayers = values.layerLevel ? scaleStageLayers(values.stageLayers, layers, values.staticLayer) : []
  const lastStage = stageLayers.at(-1) ?? 0
  const visualTokens = visualTokenCount(layout)
  return {
    values,
    views: viewsOf(layout),
    visualTokens,
    minimum: scaleMinimum(values.minimumTokens, visualTokens),
    localLayers: hasStatic && values.local ? values.localLayers.filter((layer) => layer <= values.staticLayer) : [],
    globalLayers: hasStatic && values.global ? scaleLayers(values.globalLayers, layers) : [],
    staticLayer: hasStatic ? values.staticLayer : undefined,
    stageLayers,
    averageLayers: [...tokenRange(values.staticLayer + 1, Math.max(0, lastStage - values.staticLayer))],
  }
}

function planOf(setup: Setup): SelectorPlan {
  const removal = setup.staticLayer === undefined ? [] : [setup.staticLayer]
  const scored = new Set([...setup.localLayers, ...removal, ...setup.averageLayers, ...setup.globalLayers])
  const scoreLayers = [...scored].sort((a, b) => a - b)
  const onText = setup.values.scoreRows === 'text'
  return {
    textLayers: onText ? scoreLayers : [],
    actionLayers: onText ? [] : scoreLayers,
    decisionLayers: [...removal, ...setup.stageLayers],
  }
}

const NOTHING: TokenSet = new Int32Array()

function beginEpisode(): SpecpruneState {
  return { mode: 'coarse', firstStep: 0 }
}

/** What history a query needs and finds: without an earlier frame or an inherited set the query stays dense. */
function beforeQuery(setup: Setup, before: SpecpruneState, input: QueryInput): SpecpruneState {
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
    dynamic: earlier ? dynamicSet(views, images, earlier.frame, values) : NOTHING,
    local: [],
    harvest: { ids: NOTHING, provenance: 'dense' },
    average: new Float64Array(setup.visualTokens),
  }
  return { ...state, query }
}

/** Takes in what a layer shows: the local set, the next query's global set, the moving average. */
function observeLayer(setup: Setup, query: QueryMemory, signals: LayerSignals, scores: Float32Array): QueryMemory {
  const { values, views } = setup
  const { layer, ids } = signals
  let { local, harvest, average } = query
  if (setup.localLayers.includes(layer)) {
    local = [...local, { name: `local:${layer}`, ids: localSet(views, ids, scores, query.mode, values) }]
  }
  if (setup.globalLayers.includes(layer)) {
    const found = globalSet(views, ids, scores, setup.globalLayers.length, values)
    const dense = harvest.provenance === 'dense' && ids.length === setup.visualTokens
    harvest = { ids: unionOf(harvest.ids, found), provenance: dense ? 'dense' : 'pruned' }
  }
  if (setup.averageLayers.includes(layer) && !query.warmUp) {
    const weights = rankWeights(scores, ids, values.rankSlope)
    const confidence = layerConfidence(scores, values.confidence)
    average = updateAverage(
      average,
      ids,
      weights.map((weight) => weight * confidence),
      values.averageWeight,
    )
  }
  return { ...query, local, harvest, average }
}

/** The action level: keeps the union of the sets, filled up to the minimum by score. */
function decideStatic(setup: Setup, query: QueryMemory, { ids }: LayerSignals, scores: Float32Array): KeepDecision {
  const { values } = setup
  const sets: KeepSet[] = []
  if (values.global) sets.push({ name: 'global', ids: query.inherited?.ids ?? NOTHING })
  if (values.dynamic) sets.push({ name: 'dynamic', ids: query.dynamic })
  const present = [...sets, ...query.local].map((set) => ({ name: set.name, ids: intersectionOf(set.ids, ids) }))
  const union = unionOf(...present.map((set) => set.ids))
  const filled = fillToMinimum(ids, scores, union, setup.minimum)
  if (filled.length > 0) present.push({ name: 'minimum', ids: filled })
  return { keep: unionOf(union, filled), sets: present, score: scores.slice() }
}

/** A stage of the layer level: drops the tokens with the lowest moving average. */
function decideStage(setup: Setup, query: QueryMemory, { layer, ids }: LayerSignals): KeepDecision {
  const score = valuesAt(query.average, ids)
  const keep = topK(score, ids, stageKeepCount(ids.length, setup.values.dropShare, setup.minimum))
  return { keep, sets: [{ name: `layer:${layer}`, ids: keep }], score: Float32Array.from(score) }
}

function afterLayer(setup: Setup, scoreLayers: readonly number[], state: SpecpruneState, signals: LayerSignals) {
  const { layer, ids } = signals
  if (!scoreLayers.includes(layer) || ids.length === 0) return { state }
  if (!state.query) throw new Error('SpecPrune: afterLayer was called without beforeQuery.')
  const scores = signals[setup.values.scoreRows]
  if (!scores) throw new Error(`SpecPrune needs ${setup.values.scoreRows} scores after layer ${layer}.`)
  const query = observeLayer(setup, state.query, signals, scores)
  const next = { ...state, query }
  if (query.warmUp) return { state: next }
  if (layer === setup.staticLayer) return { state: next, decision: decideStatic(setup, query, signals, scores) }
  if (setup.stageLayers.includes(layer)) return { state: next, decision: decideStage(setup, query, signals) }
  return { state: next }
}

function afterStep(values: SpecpruneValues, state: SpecpruneState, { action, remaining }: ExecutedStep) {
  if (!values.controller) return { state, replan: false }
  const mode = nextMode(state.mode, motionOf(action), values)
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
  const scoreLayers = values.scoreRows === 'text' ? plan.textLayers : plan.actionLayers
  return {
    plan,
    beginEpisode,
    beforeQuery: (state, input) => beforeQuery(setup, state, input),
    afterLayer: (state, signals) => afterLayer(setup, scoreLayers, state, signals),
    afterQuery: (state) => ({ ...state, global: values.global ? state.query?.harvest : undefined }),
    afterStep: (state, step) => afterStep(values, state, step),
    notes: (state) => notesOf(values, state),
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
