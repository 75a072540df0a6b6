import type { z } from 'zod'
import { ACTION_SIZE, type Action } from '../../schema/observation.ts'
import type { QueryInput, QuerySummary } from '../contract.ts'
import { choiceParameter, integerParameter, numberParameter } from '../parameters.ts'
import { intersectionOf, unionOf, type TokenSet } from '../sets.ts'

/** Parameters of FlashVLA's action reuse. */
export const reuseFields = {
  actionReuse: choiceParameter({
    group: 'Action reuse',
    title: 'Reuse instead of a query',
    help:
      'action: repeats the last action for one control step (FlashVLA, whose policy gives one action a query). ' +
      'chunk: repeats the last query’s chunk (ours, for policies that predict chunks).',
    options: ['off', 'action', 'chunk'],
    default: 'off',
  }),
  reuseAngle: numberParameter({
    group: 'Action reuse',
    title: 'Largest angle of the last two actions (degrees)',
    help: 'Over translation and rotation, in action units. FlashVLA has such a threshold; its value is unpublished, this one ours.',
    min: 0,
    max: 180,
    step: 1,
    default: 15,
  }),
  reuseOverlap: numberParameter({
    group: 'Action reuse',
    title: 'Least overlap of the kept sets',
    help:
      'Intersection over union of the tokens that the last two queries kept. FlashVLA has such a threshold; ' +
      'its value is unpublished, this one ours.',
    min: 0,
    max: 1,
    step: 0.01,
    default: 0.6,
  }),
  reuseLimit: integerParameter({
    group: 'Action reuse',
    title: 'Repetitions in a row',
    help: 'Then the policy is asked again: a repeated action would itself make the angle zero. Ours.',
    min: 1,
    max: 8,
    default: 1,
  }),
}

/** Values of {@link reuseFields}. */
export type ReuseValues = z.infer<z.ZodObject<typeof reuseFields>>

/** What the rule remembers of an episode. */
export interface ReuseMemory {
  /** Tokens that the last queries which ran kept, oldest first, at most two. */
  kept: readonly TokenSet[]
  /** The last actions that were executed, oldest first, at most two. */
  actions: readonly Action[]
  /** Chunk of the last query that ran. */
  chunk?: Float32Array
  /** Queries since then that repeated. */
  repeats: number
  /** What the present query repeats. */
  repeat?: Float32Array
}

/** Before the first query. */
export const NO_MEMORY: ReuseMemory = { kept: [], actions: [], repeats: 0 }

/** Takes in what was executed and decides whether the query at hand is needed. */
export function considerReuse(
  { repeat: _past, ...memory }: ReuseMemory,
  { executedActions }: Pick<QueryInput, 'executedActions'>,
  values: ReuseValues,
): ReuseMemory {
  const actions = [...memory.actions, ...executedActions].slice(-2)
  const next = { ...memory, actions }
  const repeat = maySkip(next, values) ? toRepeat(next, values) : undefined
  return repeat ? { ...next, repeat } : next
}

/** Takes in how the query ended. @param kept what it kept, if it ran and decided */
export function rememberQuery(
  { repeat: _past, ...memory }: ReuseMemory,
  { chunk, repeated }: QuerySummary,
  kept: TokenSet | undefined,
): ReuseMemory {
  if (repeated) return { ...memory, repeats: memory.repeats + 1 }
  return { ...memory, chunk, repeats: 0, kept: kept ? [...memory.kept, kept].slice(-2) : [] }
}

function maySkip({ kept, actions, repeats }: ReuseMemory, values: ReuseValues): boolean {
  if (values.actionReuse === 'off' || kept.length < 2 || actions.length < 2 || repeats >= values.reuseLimit)
    return false
  return overlapOf(kept[0], kept[1]) > values.reuseOverlap && angleOf(actions[0], actions[1]) < values.reuseAngle
}

function toRepeat({ actions, chunk }: ReuseMemory, { actionReuse }: ReuseValues): Float32Array | undefined {
  return actionReuse === 'chunk' ? chunk : Float32Array.from(actions[1])
}

/** Intersection over union. */
function overlapOf(a: TokenSet, b: TokenSet): number {
  return intersectionOf(a, b).length / unionOf(a, b).length
}

/** Degrees between the motions of two actions, the gripper left out; 180 if one of them does not move. */
function angleOf(a: Action, b: Action): number {
  let [product, squareA, squareB] = [0, 0, 0]
  for (let i = 0; i < ACTION_SIZE - 1; i++) {
    product += a[i] * b[i]
    squareA += a[i] ** 2
    squareB += b[i] ** 2
  }
  const norms = Math.sqrt(squareA * squareB)
  return norms === 0 ? 180 : (180 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, product / norms)))
}
