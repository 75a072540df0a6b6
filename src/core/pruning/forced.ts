import type { KeepDecision, LayerSignals, SelectorPlan, SelectorSession } from './contract.ts'
import type { ForcedTokens } from './forcedText.ts'
import { differenceOf, hasToken, intersectionOf, toTokenSet, unionOf, type TokenSet } from './sets.ts'

/** Name of the set that holds what only the brush keeps. */
export const FORCED_SET = 'forced'

/** Layer after which tokens are dropped where the method itself never decides: SpecPrune's. */
const DEFAULT_LAYER = 2

/**
 * A counterfactual: the same method, but some tokens stay and others go whatever it decides. Forced tokens stay through
 * every decision and go with the first; where the method keeps everything in a query (for lack of history, or because it
 * is no pruning method), the drop happens at the first layer of its plan, or after layer 2. The method sees the tokens that
 * are really there and keeps its own memory.
 * At least one token always stays: a drop that would leave none is not carried out in that decision.
 * @param session the method; it belongs to the result from here on
 * @param layers of the model
 */
export function forceTokens(session: SelectorSession, forced: ForcedTokens, layers: number): SelectorSession {
  const tokens = { keep: toTokenSet(forced.keep), drop: differenceOf(toTokenSet(forced.drop), toTokenSet(forced.keep)) }
  if (tokens.keep.length + tokens.drop.length === 0) return session
  return wrap(session, tokens, planWith(session.plan, tokens, layers))
}

/** The method's plan, with a layer for the drop if it has none. */
function planWith(plan: SelectorPlan, { drop }: ForcedTokens, layers: number): SelectorPlan {
  if (plan.decisionLayers.length > 0 || drop.length === 0) return plan
  return { ...plan, decisionLayers: [Math.min(DEFAULT_LAYER, layers - 1)] }
}

function wrap(session: SelectorSession, forced: ForcedTokens, plan: SelectorPlan): SelectorSession {
  const firstLayer = Math.min(...plan.decisionLayers)
  return {
    plan,
    beginEpisode: (episode) => session.beginEpisode(episode),
    beforeQuery: (input) => session.beforeQuery(input),
    ...(session.prepare ? { prepare: (signals) => session.prepare?.(signals) ?? Promise.resolve() } : {}),
    afterLayer(signals) {
      const decision = session.afterLayer(signals)
      if (decision) return override(decision, signals, forced)
      return signals.layer === firstLayer ? dropFrom(signals, forced.drop) : undefined
    },
    afterDense: (signals) => session.afterDense?.(signals),
    afterQuery: (summary) => session.afterQuery(summary),
    ...(session.afterDense ? { afterDense: (signals) => session.afterDense?.(signals) } : {}),
    afterStep: (step) => session.afterStep(step),
    notes: () => session.notes(),
    repeat: () => session.repeat?.(),
    get lineage() {
      return session.lineage
    },
    fork: () => wrap(session.fork(), forced, plan),
  }
}

/** The decision with the forced tokens in and out. */
function override(decision: KeepDecision, { ids }: LayerSignals, forced: ForcedTokens): KeepDecision {
  const { reuse } = decision
  const stays = reuse ? unionOf(decision.keep, reuse) : decision.keep
  const added = differenceOf(intersectionOf(forced.keep, ids), stays)
  const wanted = differenceOf(decision.keep, forced.drop)
  const kept = wanted.length + added.length > 0 ? wanted : decision.keep
  const reused = reuse && differenceOf(reuse, forced.drop)
  const sameReuse = reused?.length === reuse?.length
  if (added.length === 0 && kept.length === decision.keep.length && sameReuse) return decision
  const sets = decision.sets.map(({ name, ids: members }) => ({ name, ids: intersectionOf(members, kept) }))
  return {
    ...decision,
    keep: unionOf(kept, added),
    ...(reused && { reuse: reused }),
    sets: added.length > 0 ? [...sets, { name: FORCED_SET, ids: added }] : sets,
    ...(decision.replace ? { replace: replacementOf(decision.replace, kept) } : {}),
  }
}

/** What a query that removes nothing keeps when only the brush drops. */
function dropFrom({ ids }: LayerSignals, drop: TokenSet): KeepDecision | undefined {
  const keep = differenceOf(ids, drop)
  if (keep.length === 0 || keep.length === ids.length) return undefined
  return { keep, sets: [{ name: 'not dropped by hand', ids: keep }] }
}

function replacementOf({ ids, rows }: NonNullable<KeepDecision['replace']>, kept: TokenSet) {
  const width = ids.length === 0 ? 0 : rows.length / ids.length
  const positions = [...ids.keys()].filter((position) => hasToken(kept, ids[position]))
  return {
    ids: Int32Array.from(positions, (position) => ids[position]),
    rows: Float32Array.from(positions.flatMap((at) => [...rows.subarray(at * width, (at + 1) * width)])),
  }
}
