import type { LayerTrace } from '../policy/engine.ts'
import type { KeepDecision } from '../pruning/contract.ts'

/**
 * For each visual token the last layer that it took part in: 0 if it was removed before layer 1, the model's depth if
 * it reached the end. A decision after the last layer changes nothing.
 * @param visualTokens number of visual tokens; their ids are 0 ... visualTokens - 1
 * @param layers one entry per layer, from layer 1
 * @param embedDecision decision before layer 1, if any
 */
export function survivalDepth(
  visualTokens: number,
  layers: readonly LayerTrace[],
  embedDecision?: KeepDecision,
): Uint8Array {
  const depth = new Uint8Array(visualTokens)
  let ids: Int32Array | undefined = embedDecision?.keep
  for (const { layer, decision } of layers) {
    if (ids) for (const id of ids) depth[id] = layer
    else depth.fill(layer)
    ids = decision?.keep ?? ids
  }
  return depth
}
