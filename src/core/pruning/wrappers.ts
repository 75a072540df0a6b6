import { z } from 'zod'
import type { SelectorContext, SelectorDefinition, SelectorSession } from './contract.ts'
import { createRefreshSession } from './denseRefresh.ts'
import { booleanParameter, choiceParameter, type ParameterSchema, type ParameterValues } from './parameters.ts'
import { createRenumberSession } from './renumber.ts'

const refreshField = () =>
  booleanParameter({
    group: 'Confounds',
    title: 'Dense refresh',
    help:
      'Repeats the query with every token while its chunk executes; the next query inherits those scores (arXiv 2608.00391). ' +
      'Its cost is reported apart.',
    default: false,
  })

const positionsField = () =>
  choiceParameter({
    group: 'Confounds',
    title: 'Positions',
    help: 'Renumbered: survivors get the positions of the first places, as some published code does; our emulation of it.',
    options: ['original', 'renumbered'],
    default: 'original',
  })

const isRefreshed = z.object({ refresh: z.literal(true) })
const isRenumbered = z.object({ positions: z.literal('renumbered') })

/**
 * Adds the two confounds that every method can be run with: whose scores it inherits (if it reads history) and whether
 * survivors keep their positions (if it removes tokens).
 */
export function withConfounds(definition: SelectorDefinition): SelectorDefinition {
  const fields = {
    ...(definition.readsHistory && { refresh: refreshField() }),
    ...(definition.removal !== 'none' && { positions: positionsField() }),
  }
  if (Object.keys(fields).length === 0) return definition
  const parameters: ParameterSchema = z.object({ ...definition.parameters.shape, ...fields })
  return { ...definition, parameters, start: (values, context) => startWrapped(definition, values, context) }
}

/** Renumbering is the outer one: the dense pass of a refresh removes nothing and has nothing to renumber. */
function startWrapped(
  definition: SelectorDefinition,
  values: ParameterValues,
  context: SelectorContext,
): SelectorSession {
  const plain = definition.start(values, context)
  const refreshed = isRefreshed.safeParse(values).success ? createRefreshSession(plain) : plain
  if (!isRenumbered.safeParse(values).success) return refreshed
  if (!context.positions) {
    throw new Error('Renumbered positions need the position vectors of the model, which are not at hand here.')
  }
  return createRenumberSession(refreshed, context.positions)
}
