import { visualTokenCount } from '../../tokens/layout.ts'
import { keepShareForBudget } from '../budget.ts'
import type { SelectorContext } from '../contract.ts'
import { integerParameter, numberParameter } from '../parameters.ts'
import { roundHalfUp, scaleLayer } from '../scaling.ts'

/** Printed defaults of a peer that removes once: where and how much. */
export interface RemovalDefaults {
  /** Layer of a 32-layer model after which it removes; 0 = before layer 1. */
  layer: number
  /** The first layer at which it can: 1 if it reads attention, of which there is none before layer 1. */
  firstLayer: 0 | 1
  layerHelp: string
  keep: number
  keepHelp: string
}

/** Parameters of a peer that removes tokens once: the layer, the share kept, and a budget that overrides the share. */
export function removalFields(defaults: RemovalDefaults) {
  return {
    layer: layerField({
      title: 'Removal after layer (of 32)',
      help: defaults.layerHelp,
      min: defaults.firstLayer,
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

/** A layer of a 32-layer model. */
export function layerField(options: { title: string; help: string; min: number; default: number; group?: string }) {
  return integerParameter({ group: 'Removal', max: 32, ...options })
}

/** The parameter that puts every method on one axis. */
export function budgetField() {
  return numberParameter({
    group: 'Removal',
    title: 'Budget instead (0 = off)',
    help:
      'Sets the share so that visual tokens averaged over layers reach this share of dense; ' +
      'a small budget removes at an earlier layer. Our choice.',
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

/** Where a peer removes, in layers of this model, and how many visual tokens of all views together it keeps. */
export interface RemovalPoint {
  layer: number
  count: number
}

/**
 * The layer and the share as set, or what the budget asks for. A budget keeps the layer if more than half of it is left
 * for the layers behind; else it removes at the latest earlier layer where that is so, or at `firstLayer`.
 * @param firstLayer earliest layer at which the method can decide
 */
export function removalPoint(
  values: RemovalValues,
  { layout, layers }: Pick<SelectorContext, 'layout' | 'layers'>,
  firstLayer: 0 | 1,
): RemovalPoint {
  const visualTokens = visualTokenCount(layout)
  let layer = Math.max(firstLayer, removalLayer(values.layer, layers))
  let share = values.keep
  if (values.budget > 0) {
    layer = Math.min(layer, layers - 1)
    while (layer > firstLayer && keepShareForBudget(values.budget, layer, layers) < values.budget / 2) layer--
    share = keepShareForBudget(values.budget, layer, layers)
  }
  return { layer, count: countOfShare(share, visualTokens) }
}

/** A share of `tokens` in whole tokens, rounded half up, at least 1. */
export function countOfShare(share: number, tokens: number): number {
  return Math.min(tokens, Math.max(1, roundHalfUp(share * tokens)))
}

/**
 * Distributes a count over views in proportion to their sizes: whole parts first, the rest to the largest remainders,
 * the earlier view first; at least 1 each, never more than a view has.
 */
export function countPerView(count: number, sizes: readonly number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const ideal = sizes.map((size) => (Math.min(count, total) * size) / total)
  const parts = ideal.map(Math.floor)
  const order = ideal.map((_, i) => i).sort((a, b) => ideal[b] - parts[b] - (ideal[a] - parts[a]) || a - b)
  let rest = Math.min(count, total) - parts.reduce((sum, part) => sum + part, 0)
  for (const i of order) if (rest-- > 0) parts[i]++
  return parts.map((part, i) => Math.min(sizes[i], Math.max(1, part)))
}
