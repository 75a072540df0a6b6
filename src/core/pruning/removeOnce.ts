import type { z } from 'zod'
import type { Observation } from '../schema/observation.ts'
import { removalForBudget } from './budget.ts'
import type { KeepDecision, Selector, SelectorContext } from './contract.ts'
import { integerParameter, numberParameter } from './parameters.ts'
import { roundHalfUp } from './scaling.ts'
import { intersectionOf, unionOf, type TokenSet } from './sets.ts'
import { viewsOf, type ViewTokens } from './views.ts'

/** The parameters that every control has. */
export const removeOnceFields = {
  removeAfter: integerParameter({
    group: 'Removal',
    title: 'Removal after layer',
    help: 'Layer of this model after which tokens are removed, once; 0 removes before layer 1. SpecPrune says 2.',
    min: 0,
    max: 32,
    default: 2,
  }),
  keep: numberParameter({
    group: 'Removal',
    title: 'Share kept',
    help: 'Share of each view that stays, rounded to whole tokens, at least one. Our choice.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0.35,
  }),
  budget: numberParameter({
    group: 'Removal',
    title: 'Budget instead (0 = off)',
    help:
      'Sets the share so that visual tokens averaged over layers reach this share of dense; small budgets remove earlier. ' +
      'Our choice.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0,
  }),
}

/** Checked values of {@link removeOnceFields}. */
export type RemoveOnceValues = z.infer<z.ZodObject<typeof removeOnceFields>>

/** Which draw of an episode a control makes. */
export interface Draw {
  episode: number
  /** Queries since the episode began. */
  query: number
  /** What the policy sees in this query. */
  observation?: Observation
}

/** Chooses `count` tokens (1 ... view.count) of a view; the same draw always gives the same ascending ids. */
export type ChooseTokens = (view: ViewTokens, count: number, draw: Draw) => TokenSet

/** After which layer a control removes, and which share of each view it keeps: as set, or as the budget asks. */
export function controlRemoval(values: RemoveOnceValues, layers: number): { layer: number; share: number } {
  if (values.budget > 0) return removalForBudget(values.budget, values.removeAfter, layers)
  return { layer: values.removeAfter, share: values.keep }
}

/** Tokens kept of a view of `tokens`, rounded half up; at least one. */
export function controlKeepCount(share: number, tokens: number): number {
  return Math.min(tokens, Math.max(1, roundHalfUp(share * tokens)))
}

/**
 * A control: removes once, by position, chance or what the simulator knows, without looking at any attention.
 * @param name name of the keep set
 */
export function createRemoveOnce(
  name: string,
  values: RemoveOnceValues,
  context: SelectorContext,
  choose: ChooseTokens,
): Selector<Draw> {
  const views = viewsOf(context.layout)
  const { layer: removal, share } = controlRemoval(values, context.layers)
  const decides = removal < context.layers
  const decide = (ids: TokenSet, draw: Draw): KeepDecision => {
    const chosen = views.map((view) => choose(view, controlKeepCount(share, view.count), draw))
    const keep = intersectionOf(unionOf(...chosen), ids)
    return { keep, sets: [{ name, ids: keep }] }
  }
  return {
    plan: { textLayers: [], actionLayers: [], decisionLayers: decides ? [removal] : [] },
    // The first query makes draw 0: beforeQuery counts up.
    beginEpisode: (episode = 0) => ({ episode, query: -1 }),
    beforeQuery: (state, { observation }) => ({ ...state, query: state.query + 1, observation }),
    afterLayer: (state, { layer, ids }) =>
      decides && layer === removal ? { state, decision: decide(ids, state) } : { state },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}
