/** What a seed may be used for. Ranges never overlap, so a layout seen in training is never one of the test. */
export type SeedSplit = 'test' | 'validation' | 'static-training' | 'trajectory-training' | 'visited-training'

/** First and last seed of each split. */
export const SEED_RANGES: Record<SeedSplit, { first: number; last: number }> = {
  test: { first: 0, last: 99_999 },
  validation: { first: 100_000, last: 199_999 },
  'static-training': { first: 1_000_000, last: 9_999_999 },
  'trajectory-training': { first: 10_000_000, last: 99_999_999 },
  'visited-training': { first: 100_000_000, last: 999_999_999 },
}

/**
 * The `index`-th seed of a split.
 * @throws RangeError when the split has no such seed.
 */
export function seedOf(split: SeedSplit, index: number): number {
  const { first, last } = SEED_RANGES[split]
  const seed = first + index
  if (!Number.isInteger(index) || index < 0 || seed > last) {
    throw new RangeError(`Split "${split}" holds seeds ${first} to ${last}; index ${index} is outside.`)
  }
  return seed
}

/** The split that a seed belongs to, or undefined for a seed in none. */
export function splitOfSeed(seed: number): SeedSplit | undefined {
  return (Object.keys(SEED_RANGES) as SeedSplit[]).find(
    (split) => seed >= SEED_RANGES[split].first && seed <= SEED_RANGES[split].last,
  )
}
