import type { LayerTrace } from '../policy/engine.ts'

/** Visual tokens that took part in each layer, from layer 1. */
export function visualTokensPerLayer(layers: readonly LayerTrace[]): number[] {
  return layers.map((trace) => trace.visualTokens)
}

/** Token-layers: visual tokens summed over the layers that they took part in. */
export function tokenLayers(tokensPerLayer: readonly number[]): number {
  return tokensPerLayer.reduce((sum, tokens) => sum + tokens, 0)
}

/**
 * The budget: token-layers as a share of dense, 0 ... 1. It makes methods that remove early and late comparable.
 * @param tokensPerLayer visual tokens per layer; without a layer (a repeated action) the budget is 0
 * @param visualTokens visual tokens of the unpruned sequence
 */
export function tokenBudget(tokensPerLayer: readonly number[], visualTokens: number): number {
  if (tokensPerLayer.length === 0) return 0
  return tokenLayers(tokensPerLayer) / (tokensPerLayer.length * visualTokens)
}
