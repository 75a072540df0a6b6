import type { z } from 'zod'
import { keepShareForBudget } from './budget.ts'
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
    help: 'Sets the share so that visual tokens averaged over layers reach this share of dense. Our choice.',
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
}

/** Chooses `count` tokens (1 ... view.count) of a view; the same draw always gives the same ascending ids. */
export type ChooseTokens = (view: ViewTokens, count: number, draw: Draw) => TokenSet

/** Tokens that a control keeps of a view of `tokens`: the share, or what the budget asks for; at least one. */
export function controlKeepCount(values: RemoveOnceValues, tokens: number, layers: number): number {
  const share = values.budget > 0 ? keepShareForBudget(values.budget, values.removeAfter, layers) : values.keep
  return Math.min(tokens, Math.max(1, roundHalfUp(share * tokens)))
}

/**
 * A control: removes once, by position or chance, without looking at anything.
 * @param name name of the keep set
 */
export function createRemoveOnce(
  name: string,
  values: RemoveOnceValues,
  context: SelectorContext,
  choose: ChooseTokens,
): Selector<Draw> {
  const views = viewsOf(context.layout)
  const decides = values.removeAfter < context.layers
  const decide = (ids: TokenSet, draw: Draw): KeepDecision => {
    const chosen = views.map((view) => choose(view, controlKeepCount(values, view.count, context.layers), draw))
    const keep = intersectionOf(unionOf(...chosen), ids)
    return { keep, sets: [{ name, ids: keep }] }
  }
  return {
    plan: { textLayers: [], actionLayers: [], decisionLayers: decides ? [values.removeAfter] : [] },
    // The first query makes draw 0: beforeQuery counts up.
    beginEpisode: (episode = 0) => ({ episode, query: -1 }),
    beforeQuery: (state) => ({ ...state, query: state.query + 1 }),
    afterLayer: (state, { layer, ids }) =>
      decides && layer === values.removeAfter ? { state, decision: decide(ids, state) } : { state },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}
