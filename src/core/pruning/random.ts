import { z } from 'zod'
import { createRandom, deriveSeed, shuffled } from '../random.ts'
import { createSession, type SelectorDefinition } from './contract.ts'
import { booleanParameter } from './parameters.ts'
import { createRemoveOnce, removeOnceFields, type Draw } from './removeOnce.ts'
import { toTokenSet, tokenRange, type TokenSet } from './sets.ts'
import type { ViewTokens } from './views.ts'

const parameters = z.object({
  ...removeOnceFields,
  fixed: booleanParameter({
    group: 'Removal',
    title: 'Same tokens all episode',
    help: 'Draws once per episode instead of once per query. Our choice.',
    default: false,
  }),
})

/** `count` tokens of a view without replacement, from (seed, episode, query, view) alone. */
export function drawTokens(seed: number, view: ViewTokens, count: number, { episode, query }: Draw): TokenSet {
  const random = createRandom(deriveSeed(seed, `random/${episode}/${query}/${view.view}`))
  return toTokenSet(shuffled(random, [...tokenRange(view.start, view.count)]).slice(0, count))
}

/** Control: keeps random tokens. */
export const random: SelectorDefinition<typeof parameters> = {
  id: 'random',
  title: 'Random',
  summary: 'Keeps random tokens of each view, drawn anew at every query. A method must beat this at the same budget.',
  citation: { title: 'Control', source: '' },
  removal: 'remove',
  parameters,
  presets: [
    { id: 'redrawn', title: 'Redrawn every query', citation: { title: 'Control', source: '' }, values: {} },
    {
      id: 'fixed',
      title: 'Fixed for the episode',
      citation: { title: 'Control', source: '' },
      values: { fixed: true },
    },
  ],
  start: (values, context) =>
    createSession(
      createRemoveOnce('random', values, context, (view, count, draw) =>
        drawTokens(context.seed, view, count, values.fixed ? { ...draw, query: 0 } : draw),
      ),
    ),
}
