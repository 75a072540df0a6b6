import { scaleLayer } from '../scaling.ts'

/** A removal in several steps: behind each layer only a share of all visual tokens is left. */
export interface Stage {
  /** Layer of this model; 0 = before layer 1. */
  layer: number
  share: number
}

/**
 * Stages of a 32-layer model in this model: those that fall on one layer become the later one, those that do not come
 * before the last layer are left out.
 */
export function scaleStages(reference: readonly Stage[], layers: number): Stage[] {
  const byLayer = new Map<number, number>()
  for (const { layer, share } of reference) byLayer.set(layer === 0 ? 0 : scaleLayer(layer, layers), share)
  return [...byLayer].map(([layer, share]) => ({ layer, share })).filter(({ layer }) => layer < layers)
}

/** Visual tokens averaged over layers, as a share of dense, when every share is multiplied by `factor` (at most 1). */
export function budgetOfStages(stages: readonly Stage[], factor: number, layers: number): number {
  let sum = 0
  let share = 1
  for (let layer = 1; layer <= layers; layer++) {
    for (const stage of stages) if (stage.layer === layer - 1) share = Math.min(1, factor * stage.share)
    sum += share
  }
  return sum / layers
}

/** The stages with all shares multiplied by one number, at most 1 each, so that the budget is met as nearly as it can be. */
export function stagesForBudget(stages: readonly Stage[], budget: number, layers: number): Stage[] {
  let low = 0
  let high = stages.reduce((most, { share }) => Math.max(most, 1 / share), 1)
  if (budgetOfStages(stages, high, layers) <= budget) low = high
  // Sixty halvings: exact to the last digit.
  for (let i = 0; i < 60 && low < high; i++) {
    const middle = (low + high) / 2
    if (budgetOfStages(stages, middle, layers) <= budget) low = middle
    else high = middle
  }
  return stages.map(({ layer, share }) => ({ layer, share: Math.min(1, low * share) }))
}
