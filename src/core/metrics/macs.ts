/** What the cost of a transformer layer depends on besides its length. */
export interface TransformerShape {
  /** D, width of the hidden states. */
  width: number
  /** F, hidden width of the feed-forward block. */
  feedForward: number
  /** Matrices of the feed-forward block: 2 for a plain one (default), 3 for a gated one such as LLaMA's. */
  feedForwardMatrices?: 2 | 3
}

/**
 * Multiply-accumulates of one layer on T tokens: (4 D^2 + m D F) T + 2 T^2 D: four projections, the feed-forward block,
 * and the two products of attention. Norms, softmax, biases and activations are left out. A FLOP count is twice this.
 */
export function layerMacs(tokens: number, { width, feedForward, feedForwardMatrices = 2 }: TransformerShape): number {
  const perToken = 4 * width ** 2 + feedForwardMatrices * width * feedForward
  return perToken * tokens + 2 * tokens ** 2 * width
}

/**
 * Multiply-accumulates of a transformer.
 * @param tokensPerLayer ALL tokens of each layer: visual, proprio, text and action queries
 */
export function transformerMacs(tokensPerLayer: readonly number[], shape: TransformerShape): number {
  return tokensPerLayer.reduce((sum, tokens) => sum + layerMacs(tokens, shape), 0)
}

/**
 * Multiply-accumulates of one policy inference from its realised lengths: stem, layers and head. A query that ran no layer
 * (a repeated action) ran neither stem nor head and costs nothing.
 */
export function queryMacs(query: {
  /** Visual tokens that took part in each layer, from layer 1. */
  visualTokensPerLayer: readonly number[]
  /** Tokens that are never pruned. */
  fixedTokens: number
  shape: TransformerShape
  stemMacs?: number
  headMacs?: number
}): number {
  if (query.visualTokensPerLayer.length === 0) return 0
  const lengths = query.visualTokensPerLayer.map((tokens) => tokens + query.fixedTokens)
  return (query.stemMacs ?? 0) + transformerMacs(lengths, query.shape) + (query.headMacs ?? 0)
}

/** The language model of OpenVLA-OFT (LLaMA-2-7B): 32 layers of this shape, 605 tokens: 4.014e12 per inference. */
export const OPENVLA_OFT_SHAPE: TransformerShape = { width: 4096, feedForward: 11008, feedForwardMatrices: 3 }
