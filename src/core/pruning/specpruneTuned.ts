import type { SpecpruneValues } from './specpruneParameters.ts'

/** Constants of the preset `tuned` and where they come from: printed by `specprune tune`, not to be edited by hand. */
export const tuned: { source: string; values: Partial<SpecpruneValues> } = {
  source: 'specprune tune on object (weights 723c266d9948), object, validation seeds 100000 to 100099',
  values: {
    staticLayer: 1,
    localLayers: [1],
    scoreRows: 'text',
    localTokens: 36,
    localTokensFine: 60,
    globalTokens: 10,
    globalLayers: [15],
    dynamicTokens: 20,
    similarityThreshold: 0.986,
    stageLayers: [10, 20],
    dropShare: 0.3,
  },
}
