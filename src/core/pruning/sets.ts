/** A set of token ids is an ascending Int32Array without repetition. */
export type TokenSet = Int32Array

/** Makes a set of ids that stand in any order and may repeat. */
export function toTokenSet(ids: Iterable<number>): TokenSet {
  const sorted = Int32Array.from(ids).sort()
  let length = 0
  for (const id of sorted) if (length === 0 || id !== sorted[length - 1]) sorted[length++] = id
  return sorted.slice(0, length)
}

/** Whether ids ascend without repetition. */
export function isTokenSet(ids: Int32Array): boolean {
  for (let i = 1; i < ids.length; i++) if (ids[i] <= ids[i - 1]) return false
  return true
}

/** The ids `start`, `start + 1`, ... `start + count - 1`. */
export function tokenRange(start: number, count: number): TokenSet {
  const range = new Int32Array(count)
  for (let i = 0; i < count; i++) range[i] = start + i
  return range
}

/** The values at some tokens, of values by token id. @returns one per entry of `ids`, of the values' type */
export function valuesAt<T extends Float32Array | Float64Array>(values: T, ids: TokenSet): T {
  const result = values.slice(0, ids.length) as T
  for (let i = 0; i < ids.length; i++) result[i] = values[ids[i]]
  return result
}

/** Ids that stand in at least one of the sets. */
export function unionOf(...sets: readonly TokenSet[]): TokenSet {
  const joined = new Int32Array(sets.reduce((sum, set) => sum + set.length, 0))
  let length = 0
  for (const set of sets) {
    joined.set(set, length)
    length += set.length
  }
  return toTokenSet(joined)
}

/** Ids that stand in both sets. */
export function intersectionOf(a: TokenSet, b: TokenSet): TokenSet {
  return a.filter((id) => hasToken(b, id))
}

/** Ids of `a` that do not stand in `b`. */
export function differenceOf(a: TokenSet, b: TokenSet): TokenSet {
  return a.filter((id) => !hasToken(b, id))
}

/** Whether an id stands in a set. */
export function hasToken(set: TokenSet, id: number): boolean {
  const position = lowerBound(set, id)
  return position < set.length && set[position] === id
}

/** Position of the first of ascending numbers that is not below `id`; the length if there is none. */
export function lowerBound(set: ArrayLike<number>, id: number): number {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (set[middle] < id) low = middle + 1
    else high = middle
  }
  return low
}
