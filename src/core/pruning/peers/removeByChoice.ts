import { visualTokenCount } from '../../tokens/layout.ts'
import type { KeepDecision, LayerSignals, Selector, SelectorContext, SelectorPlan } from '../contract.ts'
import { keepCount, removalLayer, type RemovalValues } from './peerFields.ts'

/** What a choice may read. */
export interface Reads {
  text?: boolean
  action?: boolean
  hidden?: boolean
}

/** Chooses which of the signals' tokens stay; `count` is at least 1 and never more than there are. */
export type Choose = (signals: LayerSignals, count: number) => KeepDecision

/**
 * A peer without memory that removes once, after one layer, by one rule over all views together.
 * It removes nothing if that layer is the last one, and reads attention only behind layers (there is none at layer 0).
 */
export function createRemoveByChoice(
  values: RemovalValues,
  context: SelectorContext,
  reads: Reads,
  choose: Choose,
): Selector<null> {
  const layer = removalLayer(values.layer, context.layers)
  const count = keepCount(values, visualTokenCount(context.layout), context.layers)
  const decides = layer < context.layers
  const at = (wanted: boolean | undefined): number[] => (decides && wanted ? [layer] : [])
  const plan: SelectorPlan = {
    textLayers: layer > 0 ? at(reads.text) : [],
    actionLayers: layer > 0 ? at(reads.action) : [],
    decisionLayers: at(true),
    hiddenLayers: at(reads.hidden),
  }
  return {
    plan,
    beginEpisode: () => null,
    beforeQuery: (state) => state,
    afterLayer: (state, signals) =>
      decides && signals.layer === layer
        ? { state, decision: choose(signals, Math.min(count, signals.ids.length)) }
        : { state },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}

/** The scores that a choice needs. @throws if the engine did not deliver them, which is a defect of the plan. */
export function required<T>(signal: T | undefined, name: string): T {
  if (signal === undefined) throw new Error(`The ${name} that the plan asks for did not arrive.`)
  return signal
}
