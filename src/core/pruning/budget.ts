/**
 * Token-layers budget of removing once: the first `removeAfter` layers run on all visual tokens, the rest on a share.
 * @param keepShare share kept, 0 ... 1
 * @param removeAfter layers that run before the removal, 0 ... layers
 * @param layers depth of the model, at least 1
 * @returns visual tokens averaged over layers, as a share of dense
 */
export function budgetOfKeepShare(keepShare: number, removeAfter: number, layers: number): number {
  const before = Math.min(removeAfter, layers)
  return (before + (layers - before) * keepShare) / layers
}

/**
 * Where to remove once, and which share to keep, so that the budget becomes `budget`. The removal stays after layer
 * `removeAfter` if the layers behind it keep at least half the share that the budget is; else it moves to the deepest
 * earlier layer for which this holds, at last to `firstLayer`. So methods that would remove at the same place meet the same
 * budget at the same place.
 * @param firstLayer where the method can remove at the earliest: 0, or 1 if it reads attention
 */
export function removalForBudget(
  budget: number,
  removeAfter: number,
  layers: number,
  firstLayer = 0,
): { layer: number; share: number } {
  for (let layer = removeAfter; layer > firstLayer; layer--) {
    const share = keepShareForBudget(budget, layer, layers)
    if (share >= budget / 2) return { layer, share }
  }
  const layer = Math.min(firstLayer, removeAfter)
  return { layer, share: keepShareForBudget(budget, layer, layers) }
}

/**
 * The share to keep after layer `removeAfter` so that the budget becomes `budget`; the inverse of
 * {@link budgetOfKeepShare}. A budget below removeAfter / layers cannot be reached: 0 is returned then,
 * and the selectors still keep one token per view, so the realised budget must be read from the run.
 */
export function keepShareForBudget(budget: number, removeAfter: number, layers: number): number {
  if (removeAfter >= layers) return 1
  return Math.min(1, Math.max(0, (budget * layers - removeAfter) / (layers - removeAfter)))
}
