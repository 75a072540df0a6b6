import type { HiddenRows, RowReplacement } from '../../core/pruning/contract.ts'
import { hasToken, type TokenSet } from '../../core/pruning/sets.ts'

/** A selector's decision that cannot be carried out. Drivers add the selector's name with {@link namingSelector}. */
export class DecisionError extends Error {
  override readonly name = 'DecisionError'
  readonly layer: number
  /** The token id that is wrong, if one is. */
  readonly tokenId: number | undefined

  constructor(message: string, layer: number, tokenId?: number) {
    super(message)
    this.layer = layer
    this.tokenId = tokenId
  }
}

/** Runs a query and puts the selector's name in front of what is wrong with its decision. */
export async function namingSelector<T>(selectorId: string, query: () => Promise<T>): Promise<T> {
  try {
    return await query()
  } catch (error) {
    if (!(error instanceof DecisionError)) throw error
    throw new DecisionError(`Method "${selectorId}": ${error.message}`, error.layer, error.tokenId)
  }
}

/**
 * Positions, within the hidden state of the survivors, of the tokens that go on: the kept visual tokens, then the
 * fixed ones, which follow the visual tokens in every sequence.
 * @param survivors visual token ids in the hidden state, ascending
 * @param keep visual token ids that go on
 * @param into buffer of at least `keep.length + fixedCount` entries; the result is a view of it
 * @param mayBeEmpty whether other tokens are in the sequence without a row of their own
 * @throws DecisionError unless `keep` ascends, has no repetition, is a subset of `survivors` and is not empty.
 */
export function keepPositions(
  survivors: Int32Array,
  keep: Int32Array,
  fixedCount: number,
  layer: number,
  into: Int32Array,
  mayBeEmpty = false,
): Int32Array {
  const fail = (reason: string, id?: number): never => {
    throw new DecisionError(`the decision after layer ${layer} ${reason}.`, layer, id)
  }
  if (keep.length === 0 && !mayBeEmpty) fail('keeps no visual token; at least one must stay')
  let position = 0
  for (let i = 0; i < keep.length; i++) {
    const id = keep[i]
    if (i > 0 && id === keep[i - 1]) fail(`names token ${id} twice`, id)
    if (i > 0 && id < keep[i - 1]) fail(`is not in ascending order: token ${id} follows ${keep[i - 1]}`, id)
    while (position < survivors.length && survivors[position] < id) position++
    if (survivors[position] !== id) fail(`keeps token ${id}, which is not a visual token that took part`, id)
    into[i] = position
  }
  for (let i = 0; i < fixedCount; i++) into[keep.length + i] = survivors.length + i
  return into.subarray(0, keep.length + fixedCount)
}

/**
 * Checks the tokens that go on as cached keys and values only; whether they are cached is for the cache to say.
 * @throws DecisionError unless they ascend, took part, and are not kept as well
 */
export function checkReuse(survivors: TokenSet, keep: TokenSet, reuse: TokenSet, layer: number): void {
  const fail = (reason: string, id: number): never => {
    throw new DecisionError(`the decision after layer ${layer} ${reason}.`, layer, id)
  }
  reuse.forEach((id, i) => {
    if (i > 0 && id <= reuse[i - 1])
      fail(`reuses tokens that are not in ascending order: ${id} follows ${reuse[i - 1]}`, id)
    if (!hasToken(survivors, id)) fail(`reuses token ${id}, which is not a visual token that took part`, id)
    if (hasToken(keep, id)) fail(`both keeps and reuses token ${id}`, id)
  })
}

/**
 * A copy of the hidden states in which some rows are replaced.
 * @param ids visual token ids of the first rows, ascending
 * @throws DecisionError unless the replacement names some of `ids` and has a row of the right width for each.
 */
export function replaceRows(
  { values, width }: HiddenRows,
  ids: Int32Array,
  replacement: RowReplacement,
  layer: number,
): Float32Array {
  if (replacement.rows.length !== replacement.ids.length * width) {
    const expected = `${replacement.ids.length} rows of ${width}`
    const message = `the decision after layer ${layer} replaces ${expected} with ${replacement.rows.length} numbers.`
    throw new DecisionError(message, layer)
  }
  const replaced = values.slice()
  replacement.ids.forEach((id, i) => {
    const position = ids.indexOf(id)
    if (position < 0) {
      const message = `the decision after layer ${layer} replaces token ${id}, which is not a visual token that took part.`
      throw new DecisionError(message, layer, id)
    }
    replaced.set(replacement.rows.subarray(i * width, (i + 1) * width), position * width)
  })
  return replaced
}
