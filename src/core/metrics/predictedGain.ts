import { transformerMacs, type TransformerShape } from './macs.ts'

/** A vision-language-action model as the cost model sees it. */
export interface VlaShape extends TransformerShape {
  layers: number
  visualTokens: number
  /** Text, proprio and action tokens, which are never pruned. */
  fixedTokens: number
}

/** How a method prunes: one removal, then an equal share at each stage. */
export interface PruningSchedule {
  /** Layers that run on all tokens. */
  denseLayers: number
  /** Share of the visual tokens that stays after them. */
  keepShare: number
  /** Layers after which a share of the rest goes, ascending, all after `denseLayers`. */
  stageLayers: readonly number[]
  dropShare: number
}

/** What the cost model says about a schedule. */
export interface PredictedGain {
  /** Visual tokens of each layer. */
  visualTokensPerLayer: number[]
  /** Visual tokens averaged over layers, as a share of dense. */
  budget: number
  denseMacs: number
  prunedMacs: number
  /** Of the language model alone. */
  macSpeedUp: number
  /** Of the whole query, with the rest of its time unchanged (Amdahl). */
  latencySpeedUp: number
}

/** OpenVLA-OFT: LLaMA-2-7B, two views of 256 tokens of 605 in all. */
export const OPENVLA_OFT: VlaShape = {
  layers: 32,
  width: 4096,
  feedForward: 11008,
  feedForwardMatrices: 3,
  visualTokens: 512,
  fixedTokens: 93,
}

/** Speed-ups that papers print for OpenVLA-OFT on LIBERO, next to which a prediction can be read. They are not ours. */
export const PUBLISHED_SPEED_UPS = [{ method: 'SpecPrune-VLA', speedUp: 1.57, source: 'arXiv 2509.05614' }] as const

/**
 * Predicts what a schedule saves, from multiply-accumulates alone: a lower bound of the time where the processor is busy
 * computing, and too kind where it waits for memory or for the next kernel.
 * @param otherShare share of the dense latency that pruning does not touch (camera encoder, head, selector), 0 ... 1
 */
export function predictGain(shape: VlaShape, schedule: PruningSchedule, otherShare: number): PredictedGain {
  let tokens = shape.visualTokens
  const visualTokensPerLayer: number[] = []
  for (let layer = 1; layer <= shape.layers; layer++) {
    if (layer === schedule.denseLayers + 1) tokens = Math.max(1, Math.round(schedule.keepShare * tokens))
    visualTokensPerLayer.push(tokens)
    if (layer > schedule.denseLayers && schedule.stageLayers.includes(layer)) {
      tokens = Math.max(1, tokens - Math.floor(schedule.dropShare * tokens))
    }
  }
  const macsOf = (visual: readonly number[]) =>
    transformerMacs(
      visual.map((count) => count + shape.fixedTokens),
      shape,
    )
  const denseMacs = macsOf(visualTokensPerLayer.map(() => shape.visualTokens))
  const prunedMacs = macsOf(visualTokensPerLayer)
  const kept = visualTokensPerLayer.reduce((sum, count) => sum + count, 0)
  return {
    visualTokensPerLayer,
    budget: kept / (shape.layers * shape.visualTokens),
    denseMacs,
    prunedMacs,
    macSpeedUp: denseMacs / prunedMacs,
    latencySpeedUp: 1 / (otherShare + (1 - otherShare) * (prunedMacs / denseMacs)),
  }
}
