import { z } from 'zod'
import { createSession, type SelectorDefinition } from './contract.ts'
import { createRemoveOnce, removeOnceFields } from './removeOnce.ts'
import type { TokenSet } from './sets.ts'
import type { ViewTokens } from './views.ts'

const parameters = z.object(removeOnceFields)

/** `count` tokens at equal distances along the row-major sequence of a view: start + floor((j + 1/2) n / count). */
export function strideTokens(view: ViewTokens, count: number): TokenSet {
  return Int32Array.from({ length: count }, (_, j) => view.start + Math.floor(((2 * j + 1) * view.count) / (2 * count)))
}

/** Control: keeps every so-manieth token. */
export const stride: SelectorDefinition<typeof parameters> = {
  id: 'stride',
  title: 'Stride',
  summary: 'Keeps tokens at equal distances in reading order, the same at every query.',
  citation: { title: 'Control', source: '' },
  removal: 'remove',
  parameters,
  presets: [],
  start: (values, context) => createSession(createRemoveOnce('stride', values, context, strideTokens)),
}
