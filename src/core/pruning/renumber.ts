import type { KeepDecision, LayerSignals, PositionTable, RowReplacement, SelectorSession } from './contract.ts'
import { lowerBound, type TokenSet } from './sets.ts'

/**
 * Emulates code that numbers the surviving tokens anew after each removal. Our policy adds position vectors once, before
 * layer 1; where rotary positions would be renumbered, every surviving visual token's hidden state h becomes
 * h + position(new) - position(old), new being its place among the survivors. It is an emulation of the confound, not the
 * thing itself: rotary positions act inside each layer, ours has been mixed into h by the layers that have already run, so the
 * emulation is exact only for a removal before layer 1. Fixed tokens keep their places.
 * @param inner a fresh session
 * @param table position vectors of the policy
 */
export function createRenumberSession(inner: SelectorSession, table: PositionTable): SelectorSession {
  return renumbering(inner, table)
}

/**
 * The session with its memory of places.
 * @param placesBefore place that each token of the signals' ids has now, where earlier removals have changed it
 */
function renumbering(inner: SelectorSession, table: PositionTable, placesBefore?: TokenSet): SelectorSession {
  let places = placesBefore
  const { plan } = inner
  const hidden = new Set([...(plan.hiddenLayers ?? []), ...plan.decisionLayers])
  return {
    plan: { ...plan, hiddenLayers: [...hidden].sort((a, b) => a - b) },
    beginEpisode: (episode) => inner.beginEpisode(episode),
    beforeQuery(input) {
      places = undefined
      inner.beforeQuery(input)
    },
    afterLayer(signals) {
      const decision = inner.afterLayer(signals)
      if (!decision || decision.keep.length === signals.ids.length) return decision
      const replace = renumberRows(signals, decision, table, places ?? signals.ids)
      places = Int32Array.from({ length: decision.keep.length }, (_, i) => i)
      return { ...decision, replace }
    },
    afterDense: (signals) => inner.afterDense?.(signals),
    afterQuery: (summary) => inner.afterQuery(summary),
    afterStep: (step) => inner.afterStep(step),
    notes: () => inner.notes(),
    repeat: () => inner.repeat?.(),
    fork: () => renumbering(inner.fork(), table, places),
  }
}

/**
 * Rows of the kept tokens with their position vectors exchanged; rows that the decision replaces itself are the start.
 * @param places current place of each of the signals' tokens
 */
export function renumberRows(
  { ids, hidden, layer }: LayerSignals,
  { keep, replace }: KeepDecision,
  table: PositionTable,
  places: TokenSet,
): RowReplacement {
  if (!hidden) throw new Error(`Renumbering needs the hidden states after layer ${layer}.`)
  const { width } = hidden
  if (table.width !== width) throw new Error(`Positions of width ${table.width} do not fit hidden states of ${width}.`)
  const rows = new Float32Array(keep.length * width)
  keep.forEach((id, place) => {
    const row = lowerBound(ids, id)
    const own = replace ? replace.ids.indexOf(id) : -1
    const source = replace && own >= 0 ? replace.rows : hidden.values
    const from = (own >= 0 ? own : row) * width
    const oldPlace = places[row] * width
    const newPlace = place * width
    for (let i = 0; i < width; i++) {
      rows[newPlace + i] = source[from + i] + (table.values[newPlace + i] - table.values[oldPlace + i])
    }
  })
  return { ids: keep, rows }
}
