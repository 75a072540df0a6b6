import type { Citation, Preset } from './contract.ts'
import type { specpruneParameters } from './specpruneParameters.ts'
import { tuned } from './specpruneTuned.ts'

/** The paper whose third version the defaults follow. */
export const specpruneCitation: Citation = {
  title: 'SpecPrune-VLA: Accelerating Vision-Language-Action Models via Action-Aware Self-Speculative Pruning',
  source: 'arXiv 2509.05614 v3 (ICML 2026)',
  url: 'https://arxiv.org/abs/2509.05614v3',
}

const version1: Citation = {
  ...specpruneCitation,
  source: 'arXiv 2509.05614 v1',
  url: 'https://arxiv.org/abs/2509.05614v1',
}

const code = (commit: string): Citation => ({
  ...specpruneCitation,
  source: `published code, commit ${commit}`,
  url: 'https://github.com/alexwhz-sjtu/SpecPrune-VLA',
})

/** Alpha of paper v1 by suite: its main text and its appendix do not agree. */
export const SUITE_ALPHA: Record<'suite' | 'suite-appendix', Readonly<Record<string, number>>> = {
  suite: { spatial: 1, goal: 0.8, object: 0.6, long: 0.6 },
  'suite-appendix': { spatial: 0.6, goal: 0.8, object: 0.6, long: 1 },
}

const paperV1 = {
  // For suites that the paper does not have: its text and its appendix agree on this one, for Goal.
  alpha: 0.8,
  globalLayers: [32],
  lookBackBase: 22 / 3,
  lookBackSlope: -16 / 18,
  confidence: 'deviation',
} as const

const codeLookBack = { lookBackBase: 22 / 3, lookBackSlope: -16 / 18, lookBackOffset: 3, lookBackMax: 6 } as const

const codeController = { enterRule: 'code', leaveRule: 'lift-at-end', fineRotation: 0.2 } as const

export const specprunePresets: readonly Preset<typeof specpruneParameters>[] = [
  { id: 'paper-v3', title: 'Paper, version 3 (ICML 2026)', citation: specpruneCitation, values: {} },
  {
    id: 'paper-v1',
    title: 'Paper, version 1 (alpha by suite, main text)',
    citation: version1,
    values: { ...paperV1, alphaRule: 'suite' },
  },
  {
    id: 'paper-v1-appendix',
    title: 'Paper, version 1 (alpha by suite, appendix)',
    citation: version1,
    values: { ...paperV1, alphaRule: 'suite-appendix' },
  },
  {
    id: 'reference-code',
    title: 'Published code, newer state',
    citation: code('8091adc'),
    values: {
      ...codeLookBack,
      ...codeController,
      scoreRows: 'action',
      globalRows: 'text',
      localTokensFine: 15,
      wristShare: 0.8,
      globalSize: 'local',
      globalLayers: [15, 31],
      dynamicRule: 'drop-similar',
      dynamicTokens: 20,
      dynamicFineScale: 0.8,
      dynamicWristScale: 1.28,
      similarityThresholdWrist: 0.98,
      candidateFactor: 2,
      stageLayers: [10, 15, 20, 25],
      scoreLayers: [15, 20, 25],
      dropBase: 'all',
      confidence: 'normalised-entropy',
      confidenceOnce: true,
    },
  },
  {
    id: 'reference-code-old',
    title: 'Published code, older state',
    citation: code('d3b06ed'),
    values: {
      ...codeLookBack,
      ...codeController,
      global: false,
      layerLevel: false,
      localTokens: 16,
      localTokensFine: 25,
      wristShare: 0.75,
      dynamicRule: 'drop-similar',
      dynamicTokens: 56,
      dynamicFineScale: 36 / 56,
      candidateFactor: 3,
      fineTranslation: 0.4,
    },
  },
  {
    id: 'tuned',
    title: 'Tuned for this policy',
    citation: { title: 'Search on validation seeds', source: tuned.source },
    values: tuned.values,
  },
]
