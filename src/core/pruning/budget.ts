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
 * The share to keep after layer `removeAfter` so that the budget becomes `budget`; the inverse of
 * {@link budgetOfKeepShare}. A budget below removeAfter / layers cannot be reached: 0 is returned then,
 * and the selectors still keep one token per view, so the realised budget must be read from the run.
 */
export function keepShareForBudget(budget: number, removeAfter: number, layers: number): number {
  if (removeAfter >= layers) return 1
  return Math.min(1, Math.max(0, (budget * layers - removeAfter) / (layers - removeAfter)))
}
