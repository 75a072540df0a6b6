import type { KeepDecision, LayerSignals, Selector, SelectorContext, SelectorPlan } from '../contract.ts'
import { removalPoint, type RemovalValues } from './peerFields.ts'

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
 * It removes nothing if that layer is the last one. With attention it removes after layer 1 at the earliest.
 */
export function createRemoveByChoice(
  values: RemovalValues,
  context: SelectorContext,
  reads: Reads,
  choose: Choose,
): Selector<null> {
  const { layer, count } = removalPoint(values, context, reads.text || reads.action ? 1 : 0)
  const decides = layer < context.layers
  const at = (wanted: boolean | undefined): number[] => (decides && wanted ? [layer] : [])
  const plan: SelectorPlan = {
    textLayers: at(reads.text),
    actionLayers: at(reads.action),
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
