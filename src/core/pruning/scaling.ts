/** Depth of the model for which the SpecPrune paper prints its layers (LLaMA-2-7B in OpenVLA-OFT). */
export const REFERENCE_LAYERS = 32

/** Size of a view for which the paper prints its set sizes: 16 x 16 patches. */
export const REFERENCE_VIEW_TOKENS = 256

/** Number of visual tokens for which the code prints its minimum: two views of 16 x 16. */
export const REFERENCE_VISUAL_TOKENS = 512

/** The first layer at which a layer-level stage makes sense: layers 1 and 2 feed the local set. */
export const FIRST_STAGE_LAYER = 3

/** Round half up, so that every language gives the same integer. */
export function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5)
}

/** A layer of the 32-layer model at the same relative depth of a model of `layers` layers: round(l N / 32) in 1 ... N. */
export function scaleLayer(layer: number, layers: number): number {
  return Math.min(layers, Math.max(1, roundHalfUp((layer * layers) / REFERENCE_LAYERS)))
}

/** Scaled layers, ascending, those that fall together merged. */
export function scaleLayers(reference: readonly number[], layers: number): number[] {
  const scaled = new Set(reference.map((layer) => scaleLayer(layer, layers)))
  return [...scaled].sort((a, b) => a - b)
}

/**
 * Layers after which the layer-level stage removes tokens. Left out: stages that fall before layer 3 or not after the
 * static removal, and the last layer, after which nothing is computed for visual tokens.
 * @param reference layers of the 32-layer model
 * @param layers depth of this model
 * @param staticLayer layer after which the static removal happens
 */
export function scaleStageLayers(reference: readonly number[], layers: number, staticLayer: number): number[] {
  const first = Math.max(FIRST_STAGE_LAYER, staticLayer + 1)
  return scaleLayers(reference, layers).filter((layer) => layer >= first && layer < layers)
}

/** A set size printed per 256 tokens, for a view of `viewTokens`: rounded half up, at least 1 unless it is 0. */
export function scaleCount(per256: number, viewTokens: number): number {
  return per256 <= 0 ? 0 : Math.max(1, roundHalfUp((per256 * viewTokens) / REFERENCE_VIEW_TOKENS))
}

/** A minimum printed per 512 visual tokens, for `visualTokens`: rounded half up, at least 1. */
export function scaleMinimum(per512: number, visualTokens: number): number {
  return Math.max(1, roundHalfUp((per512 * visualTokens) / REFERENCE_VISUAL_TOKENS))
}
