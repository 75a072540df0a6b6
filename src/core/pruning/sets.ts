/** A set of token ids is an ascending Int32Array without repetition. */
export type TokenSet = Int32Array

/** Makes a set of ids that stand in any order and may repeat. */
export function toTokenSet(ids: Iterable<number>): TokenSet {
  const sorted = Int32Array.from(ids).sort()
  return sorted.filter((id, i) => i === 0 || id !== sorted[i - 1])
}

/** Whether ids ascend without repetition. */
export function isTokenSet(ids: Int32Array): boolean {
  return ids.every((id, i) => i === 0 || id > ids[i - 1])
}

/** The ids `start`, `start + 1`, ... `start + count - 1`. */
export function tokenRange(start: number, count: number): TokenSet {
  return Int32Array.from({ length: count }, (_, i) => start + i)
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

/** Position of the first id that is not below `id`; the length if there is none. */
export function lowerBound(set: TokenSet, id: number): number {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (set[middle] < id) low = middle + 1
    else high = middle
  }
  return low
}
