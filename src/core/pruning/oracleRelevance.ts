import { z } from 'zod'
import { RELEVANCE } from '../schema/observation.ts'
import { createSession, type SelectorDefinition } from './contract.ts'
import { booleanParameter } from './parameters.ts'
import { createRemoveOnce, removeOnceFields } from './removeOnce.ts'
import { toTokenSet } from './sets.ts'
import type { ViewTokens } from './views.ts'

const parameters = z.object({
  ...removeOnceFields,
  reverse: booleanParameter({
    group: 'Oracle',
    title: 'Worst first',
    help: 'Keeps the tokens that the oracle would remove first: what a method loses that is exactly wrong. Our choice.',
    default: false,
  }),
})

/** What matters to a task, in the order in which the oracle takes turns. */
const TURNS = [RELEVANCE.target, RELEVANCE.gripper, RELEVANCE.destination] as const

/**
 * Patches of a view, most relevant first: target, gripper and destination give one patch in turn, each from its centre
 * outwards, until all are named; then the others by their distance to the nearest of those (to the middle of the view where
 * nothing is relevant). Ties go to the lower patch.
 * @param mask one byte of relevance bits per patch, row-major
 */
export function relevanceOrder(mask: Uint8Array, { rows, columns }: Pick<ViewTokens, 'rows' | 'columns'>): number[] {
  const patches = Array.from(mask, (_, patch) => patch)
  const place = (patch: number) => ({ y: Math.floor(patch / columns), x: patch % columns })
  const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => (a.x - b.x) ** 2 + (a.y - b.y) ** 2
  const byDistance = (list: readonly number[], distanceOf: (patch: number) => number) =>
    list.map((patch) => ({ patch, at: distanceOf(patch) })).sort((a, b) => a.at - b.at || a.patch - b.patch)
  const queues = TURNS.map((bit) => {
    const own = patches.filter((patch) => mask[patch] & bit)
    // All times their number: whole numbers, in which ties are ties.
    const scaled = (patch: number) => ({ x: own.length * place(patch).x, y: own.length * place(patch).y })
    const sum = (axis: 'x' | 'y') => own.reduce((total, patch) => total + place(patch)[axis], 0)
    const centre = { x: sum('x'), y: sum('y') }
    return byDistance(own, (patch) => distance(scaled(patch), centre)).map(({ patch }) => patch)
  })
  const order = new Set<number>()
  while (queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      let next = queue.shift()
      while (next !== undefined && order.has(next)) next = queue.shift()
      if (next !== undefined) order.add(next)
    }
  }
  const anchors = order.size > 0 ? [...order].map(place) : [{ y: (rows - 1) / 2, x: (columns - 1) / 2 }]
  const rest = patches.filter((patch) => !order.has(patch))
  const nearest = (patch: number) => Math.min(...anchors.map((anchor) => distance(place(patch), anchor)))
  return [...order, ...byDistance(rest, nearest).map(({ patch }) => patch)]
}

/** Control: keeps what the simulator knows to matter. */
export const oracleRelevance: SelectorDefinition<typeof parameters> = {
  id: 'oracle-relevance',
  title: 'Oracle by relevance',
  summary:
    'Keeps the patches that show the target, the gripper and the destination, which only the simulator knows, ' +
    'then their neighbours.',
  citation: { title: 'Control', source: '' },
  removal: 'remove',
  parameters,
  presets: [
    { id: 'best', title: 'Best first', citation: { title: 'Control', source: '' }, values: {} },
    { id: 'reverse', title: 'Worst first', citation: { title: 'Control', source: '' }, values: { reverse: true } },
  ],
  start: (values, context) =>
    createSession(
      createRemoveOnce('oracle', values, context, (view, count, { observation }) => {
        const mask = observation?.relevance?.[view.view]
        if (mask?.length !== view.count) {
          throw new Error(
            'The oracle by relevance needs the masks of the simulator, which this recording does not hold. ' +
              'Use a recording of this project or a rollout.',
          )
        }
        const order = relevanceOrder(mask, view)
        if (values.reverse) order.reverse()
        return toTokenSet(order.slice(0, count).map((patch) => view.start + patch))
      }),
    ),
}
