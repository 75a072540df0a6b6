import { removalForBudget } from './budget.ts'
import { stageKeepCount } from './layerScores.ts'
import type { ViewTokens } from './views.ts'

/** Where and how many tokens SpecPrune keeps when it is run at a set budget. */
export interface BudgetSchedule {
  /** Layer of the static removal; 0 = before layer 1. */
  staticLayer: number
  /** Visual tokens that the static removal keeps. */
  staticCount: number
  /** Layer-level stages with the number of tokens that each keeps. */
  stages: readonly { layer: number; count: number }[]
}

/** What {@link planBudget} plans for. */
export interface BudgetOptions {
  /** Visual tokens averaged over layers, as a share of dense. */
  budget: number
  layers: number
  visualTokens: number
  /** Every removal keeps at least this many (one per view). */
  floor: number
  /** Layer of the removal as set: the budget may move it towards 0, never back. */
  staticLayer: number
  /** The first layer that the removal may move to: 0, or 1 when nothing is known before layer 1. */
  firstLayer: number
  stagesAfter(staticLayer: number): readonly number[]
  dropShare: number
}

/**
 * Scales SpecPrune to a budget B: token-layers shall be B N V (N layers, V visual tokens). The removal moves forward as that of
 * any method does ({@link removalForBudget}). Stages keep their share; the number kept by the removal is the one that comes
 * nearest to the budget (the smaller one of two). Where even keeping everything at the removal falls short, stages drop less:
 * the largest whole hundredth of their share that reaches the budget. Off by less than half a token averaged over layers,
 * unless the budget is below what `firstLayer` allows.
 */
export function planBudget(options: BudgetOptions): BudgetSchedule {
  const { budget, layers, staticLayer, firstLayer } = options
  return nearest(options, removalForBudget(budget, staticLayer, layers, firstLayer).layer)
}

function nearest(options: BudgetOptions, staticLayer: number): BudgetSchedule {
  const { budget, layers, visualTokens, floor, dropShare, stagesAfter } = options
  const target = budget * layers * visualTokens
  const stageLayers = stagesAfter(staticLayer)
  const scheduleOf = (count: number, share: number) => createSchedule(staticLayer, count, stageLayers, share, floor)
  const costOf = (schedule: BudgetSchedule) =>
    scheduledTokens(schedule, layers, visualTokens).reduce((sum, tokens) => sum + tokens, 0)
  let share = dropShare
  for (let part = 99; part >= 0 && costOf(scheduleOf(visualTokens, share)) < target; part--) {
    share = (dropShare * part) / 100
  }
  let best = scheduleOf(floor, share)
  for (let count = floor + 1; count <= visualTokens; count++) {
    const next = scheduleOf(count, share)
    if (Math.abs(costOf(next) - target) < Math.abs(costOf(best) - target)) best = next
  }
  return best
}

function createSchedule(
  staticLayer: number,
  staticCount: number,
  stageLayers: readonly number[],
  dropShare: number,
  floor: number,
): BudgetSchedule {
  let count = staticCount
  const stages = stageLayers.map((layer) => {
    count = stageKeepCount(count, dropShare, floor)
    return { layer, count }
  })
  return { staticLayer, staticCount, stages }
}

/** Visual tokens that take part in each layer, from layer 1, if a schedule is kept. */
export function scheduledTokens(
  { staticLayer, staticCount, stages }: BudgetSchedule,
  layers: number,
  visualTokens: number,
): number[] {
  return Array.from({ length: layers }, (_, i) => {
    if (i < staticLayer) return visualTokens
    return stages.findLast(({ layer }) => layer <= i)?.count ?? staticCount
  })
}

/**
 * Shares a number of tokens out among views by their size, by largest remainder, in doubt to the earlier view; at least one
 * each. @param total at least one per view, at most all tokens
 */
export function viewQuotas(views: readonly ViewTokens[], total: number): number[] {
  const all = views.reduce((sum, view) => sum + view.count, 0)
  const exact = views.map((view) => (total * view.count) / all)
  const quotas = exact.map((value) => Math.max(1, Math.floor(value)))
  const byRemainder = views
    .map((_, i) => i)
    .sort((a, b) => exact[b] - Math.floor(exact[b]) - (exact[a] - Math.floor(exact[a])) || a - b)
  let left = total - quotas.reduce((sum, quota) => sum + quota, 0)
  for (let turn = 0; left > 0; turn = (turn + 1) % views.length) {
    const i = byRemainder[turn]
    if (quotas[i] >= views[i].count) continue
    quotas[i]++
    left--
  }
  while (left < 0) {
    const largest = quotas.indexOf(Math.max(...quotas))
    quotas[largest]--
    left++
  }
  return quotas
}
