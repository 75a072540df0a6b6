/**
 * Adjusted p-values of several tests (S. Holm, Scandinavian Journal of Statistics 6, 1979, 65-70): with them, the chance
 * of even one false finding among all tests stays below the level.
 * @param pValues in any order
 * @returns in the same order, each at least the given value and at most 1
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b])
  const adjusted = new Array<number>(pValues.length)
  let largest = 0
  order.forEach((index, position) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - position) * pValues[index]))
    adjusted[index] = largest
  })
  return adjusted
}
