import { z } from 'zod'
import { createRandom, deriveSeed, randomInteger, type Random } from '../random.ts'
import { createSession, type SelectorDefinition } from './contract.ts'
import { booleanParameter } from './parameters.ts'
import { createRemoveOnce, removeOnceFields } from './removeOnce.ts'
import { roundHalfUp } from './scaling.ts'
import { toTokenSet, type TokenSet } from './sets.ts'
import type { ViewTokens } from './views.ts'

const parameters = z.object({
  ...removeOnceFields,
  jitter: booleanParameter({
    group: 'Removal',
    title: 'Random within cells',
    help: 'Takes a random patch of each grid cell, drawn anew at every query, instead of the middle one. Our choice.',
    default: false,
  }),
})

/**
 * One token of each of `count` grid cells that cover a view: the patch rows are cut into bands of nearly equal height,
 * about sqrt(count rows / columns) of them, and each band into its part of the cells, of nearly equal width.
 * @param random draws the patch within the cell; without it the middle one is taken
 */
export function gridTokens(view: ViewTokens, count: number, random?: Random): TokenSet {
  const { rows, columns, start } = view
  const ideal = roundHalfUp(Math.sqrt((count * rows) / columns))
  const bands = Math.min(rows, count, Math.max(1, ideal, Math.ceil(count / columns)))
  const pick = (part: number, parts: number, size: number): number => {
    const low = Math.floor((part * size) / parts)
    const high = Math.floor(((part + 1) * size) / parts)
    return low + (random ? randomInteger(random, high - low) : Math.floor((high - low) / 2))
  }
  const tokens: number[] = []
  for (let band = 0; band < bands; band++) {
    const cells = Math.floor(((band + 1) * count) / bands) - Math.floor((band * count) / bands)
    for (let cell = 0; cell < cells; cell++) {
      // With jitter each cell draws its own row, so a band is not a line.
      tokens.push(start + pick(band, bands, rows) * columns + pick(cell, cells, columns))
    }
  }
  return toTokenSet(tokens)
}

/** Control: keeps one token of each cell of a grid. */
export const stratified: SelectorDefinition<typeof parameters> = {
  id: 'stratified',
  title: 'Stratified grid',
  summary: 'Keeps one token of each cell of a grid over the view, so that no region is lost.',
  citation: { title: 'Control', source: '' },
  removal: 'remove',
  parameters,
  presets: [],
  start: (values, context) =>
    createSession(
      createRemoveOnce('stratified', values, context, (view, count, { episode, query }) => {
        const seed = deriveSeed(context.seed, `stratified/${episode}/${query}/${view.view}`)
        return gridTokens(view, count, values.jitter ? createRandom(seed) : undefined)
      }),
    ),
}
