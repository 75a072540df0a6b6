import { keepShareForBudget } from '../budget.ts'
import { integerParameter, numberParameter } from '../parameters.ts'
import { roundHalfUp, scaleLayer } from '../scaling.ts'

/** Printed defaults of a peer that removes once: where and how much. */
export interface RemovalDefaults {
  /** Layer of a 32-layer model after which it removes; 0 = before layer 1. */
  layer: number
  layerHelp: string
  keep: number
  keepHelp: string
}

/** Parameters of a peer that removes tokens once: the layer, the share kept, and a budget that overrides the share. */
export function removalFields(defaults: RemovalDefaults) {
  return {
    layer: integerParameter({
      group: 'Removal',
      title: 'Removal after layer (of 32)',
      help: defaults.layerHelp,
      min: 0,
      max: 32,
      default: defaults.layer,
    }),
    keep: numberParameter({
      group: 'Removal',
      title: 'Share kept',
      help: defaults.keepHelp,
      min: 0,
      max: 1,
      step: 0.001,
      default: defaults.keep,
    }),
    budget: budgetField(),
  }
}

/** The parameter that puts every method on one axis. */
export function budgetField() {
  return numberParameter({
    group: 'Removal',
    title: 'Budget instead (0 = off)',
    help: 'Sets the share so that visual tokens averaged over layers reach this share of dense. Our choice.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0,
  })
}

/** Values of {@link removalFields}. */
export interface RemovalValues {
  layer: number
  keep: number
  budget: number
}

/** The layer of this model after which a peer removes: 0 stays 0, all others scale with depth. */
export function removalLayer(layer: number, layers: number): number {
  return layer === 0 ? 0 : scaleLayer(layer, layers)
}

/**
 * Visual tokens of all views together that a peer keeps: the share, or what the budget asks for, rounded half up, at
 * least 1.
 */
export function keepCount(values: RemovalValues, visualTokens: number, layers: number): number {
  const layer = removalLayer(values.layer, layers)
  const share = values.budget > 0 ? keepShareForBudget(values.budget, layer, layers) : values.keep
  return Math.min(visualTokens, Math.max(1, roundHalfUp(share * visualTokens)))
}
