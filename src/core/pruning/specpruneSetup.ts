import { visualTokenCount } from '../tokens/layout.ts'
import type { ScoreRows, SelectorContext, SelectorPlan } from './contract.ts'
import { scaleLayers, scaleMinimum, scaleStageLayers } from './scaling.ts'
import { tokenRange } from './sets.ts'
import { planBudget, viewQuotas } from './specpruneBudget.ts'
import type { SpecpruneValues } from './specpruneParameters.ts'
import { SUITE_ALPHA } from './specprunePresets.ts'
import { viewsOf, type ViewTokens } from './views.ts'

/** SpecPrune's parameters turned into one model's layers and sizes. */
export interface SpecpruneSetup {
  values: SpecpruneValues
  views: readonly ViewTokens[]
  visualTokens: number
  fixedTokens: number
  minimum: number
  alpha: number
  localLayers: readonly number[]
  /** First local layer, if candidates are chosen after it. */
  candidateLayer?: number
  globalLayers: readonly number[]
  globalRows: ScoreRows
  /** Layer of the static removal; undefined when no set is on, or nothing comes after it. */
  staticLayer?: number
  /** At a set budget: tokens that the static removal keeps of each view, and that each stage keeps in all. */
  quotas?: readonly number[]
  /** Tokens that the static removal keeps in all, where that is set; undefined: as many as the sets hold. */
  staticCount?: number
  stageCounts?: ReadonlyMap<number, number>
  stageLayers: readonly number[]
  /** Layers that feed the moving average. */
  averageLayers: readonly number[]
}

/** Binds the parameters to a policy. */
export function createSetup(values: SpecpruneValues, context: SelectorContext): SpecpruneSetup {
  const { layers, layout } = context
  const views = viewsOf(layout)
  const visualTokens = visualTokenCount(layout)
  const minimum = scaleMinimum(values.minimumTokens, visualTokens)
  const budget = budgetOf(values, context, views)
  const removal = budget?.staticLayer ?? values.staticLayer
  // Before layer 1 there is no attention of this query, so the local set alone has nothing to go by.
  const hasSet = values.global || values.dynamic || (values.local && removal > 0)
  const hasStatic = hasSet && removal < layers
  const stageLayers = values.layerLevel ? scaleStageLayers(values.stageLayers, layers, removal) : []
  const localLayers = hasStatic && values.local ? values.localLayers.filter((layer) => layer <= removal) : []
  return {
    values,
    views,
    visualTokens,
    fixedTokens: layout.length - visualTokens,
    minimum,
    alpha: alphaOf(values, context.suite),
    localLayers,
    candidateLayer: values.candidateFactor > 0 && !budget && localLayers[0] < removal ? localLayers[0] : undefined,
    globalLayers: hasStatic && values.global ? scaleLayers(values.globalLayers, layers) : [],
    globalRows: values.globalRows === 'same' ? values.scoreRows : values.globalRows,
    staticLayer: hasStatic ? removal : undefined,
    staticCount: budget ? undefined : staticCountOf(values, visualTokens),
    quotas: budget && viewQuotas(views, budget.staticCount),
    stageCounts: budget && new Map(budget.stages.map(({ layer, count }) => [layer, count])),
    stageLayers,
    averageLayers: averageLayersOf(values, layers, removal, stageLayers.at(-1) ?? 0),
  }
}

function budgetOf(values: SpecpruneValues, { layers, layout }: SelectorContext, views: readonly ViewTokens[]) {
  const { budget, staticLayer, dropShare } = values
  const anySet = values.global || values.dynamic || values.local
  if (budget <= 0 || !anySet || staticLayer >= layers) return undefined
  return planBudget({
    budget,
    layers,
    visualTokens: visualTokenCount(layout),
    floor: views.length,
    staticLayer,
    firstLayer: values.global || values.dynamic ? 0 : 1,
    stagesAfter: (layer) => (values.layerLevel ? scaleStageLayers(values.stageLayers, layers, layer) : []),
    dropShare,
  })
}

function staticCountOf(values: SpecpruneValues, visualTokens: number): number | undefined {
  if (values.staticCount === 0) return undefined
  return scaleMinimum(Math.max(values.staticCount, values.minimumTokens), visualTokens)
}

/** Alpha of the suite, if the rule asks for it and the paper prints one; else the parameter. */
export function alphaOf({ alpha, alphaRule }: SpecpruneValues, suite: string | undefined): number {
  if (alphaRule === 'fixed' || suite === undefined) return alpha
  return SUITE_ALPHA[alphaRule][suite] ?? alpha
}

function averageLayersOf(values: SpecpruneValues, layers: number, removal: number, lastStage: number): number[] {
  const all = [...tokenRange(removal + 1, Math.max(0, lastStage - removal))]
  if (values.scoreLayers.length === 0) return all
  const scored = scaleLayers(values.scoreLayers, layers)
  return all.filter((layer) => scored.includes(layer))
}

/** Layers after which the score rows themselves are read: all but those that only feed the global set by other rows. */
export function scoredLayers(setup: SpecpruneSetup): number[] {
  const { localLayers, staticLayer, averageLayers, globalLayers, globalRows, values } = setup
  const removal = staticLayer !== undefined && staticLayer > 0 ? [staticLayer] : []
  const inherited = globalRows === values.scoreRows ? globalLayers : []
  return ascending([...localLayers, ...removal, ...averageLayers, ...inherited])
}

/** What the engine must read back and where it must ask. */
export function planOf(setup: SpecpruneSetup): SelectorPlan {
  const { values, staticLayer, candidateLayer, stageLayers, globalRows, globalLayers } = setup
  const own = scoredLayers(setup)
  const layersOf = (rows: ScoreRows) =>
    ascending([...(values.scoreRows === rows ? own : []), ...(globalRows === rows ? globalLayers : [])])
  const removals = [candidateLayer, staticLayer].filter((layer) => layer !== undefined)
  return {
    textLayers: layersOf('text'),
    actionLayers: layersOf('action'),
    decisionLayers: [...removals, ...stageLayers],
  }
}

function ascending(layers: readonly number[]): number[] {
  return [...new Set(layers)].sort((a, b) => a - b)
}
