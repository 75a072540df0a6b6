import { differenceOf, intersectionOf, type TokenSet } from '../pruning/sets.ts'

/** Two kept sets against each other. */
export interface KeptComparison {
  both: TokenSet
  onlyA: TokenSet
  onlyB: TokenSet
  /** Size of the intersection over size of the union, 0 ... 1; 1 for two empty sets. */
  jaccard: number
}

/** Compares two sets of kept tokens. */
export function compareKept(a: TokenSet, b: TokenSet): KeptComparison {
  const both = intersectionOf(a, b)
  const onlyA = differenceOf(a, b)
  const onlyB = differenceOf(b, a)
  const union = both.length + onlyA.length + onlyB.length
  return { both, onlyA, onlyB, jaccard: union === 0 ? 1 : both.length / union }
}
