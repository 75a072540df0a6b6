import type { DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import { tokenSetStyle } from '../tokenSets.ts'
import type { PaintPlan, TokenState } from './plan.ts'

/** What a query kept and dropped, without modes: for cameras that are watched live. */
export function keptPlan(query: DecodedQuery): PaintPlan {
  const first = query.decisions.at(0)
  const states = Array.from(query.depth, (depth): TokenState => {
    if (depth === query.layers) return 'kept'
    return depth === first?.layer ? 'dropped-first' : 'dropped-later'
  })
  const masks = new Uint32Array(query.visualTokens)
  const sets = (first?.sets ?? []).map(({ name, ids }, bit) => {
    for (const id of ids) if (states[id] === 'kept') masks[id] |= 1 << bit
    const { title, color } = tokenSetStyle(name)
    return { name, title, color, count: ids.filter((id) => states[id] === 'kept').length }
  })
  return { states, masks, sets, heat: undefined, colormap: undefined }
}
