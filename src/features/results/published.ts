/** What SpecPrune's paper prints about a method on LIBERO with OpenVLA-OFT on an A800; absent: not printed. */
export interface PublishedRow {
  /** Id in our registry; absent for methods that we do not have. */
  methodId: string
  title: string
  v1?: PublishedNumbers
  v3?: PublishedNumbers
}

export interface PublishedNumbers {
  /** Success of the suites Spatial, Object, Goal, Long, per cent. */
  suites?: readonly [spatial: number, object: number, goal: number, long: number]
  /** Their mean, as printed or computed from the four. */
  average: number
  speedUp: number
  /** Cost as a share of dense, per cent, by the paper's own count. */
  flops: number
}

/** Table 1 of arXiv 2509.05614 v1 and the main table of v3. */
export const PUBLISHED: readonly PublishedRow[] = [
  {
    methodId: 'dense',
    title: 'Dense (OpenVLA-OFT)',
    v1: { suites: [97.6, 96.5, 97.9, 94.5], average: 96.6, speedUp: 1, flops: 100 },
    v3: { average: 96.6, speedUp: 1, flops: 100 },
  },
  {
    methodId: 'specprune',
    title: 'SpecPrune-VLA',
    v1: { suites: [98.2, 96.3, 97.7, 94], average: 96.55, speedUp: 1.46, flops: 43 },
    v3: { suites: [97.4, 95.8, 97.7, 93.4], average: 96.1, speedUp: 1.46, flops: 43 },
  },
  {
    methodId: 'fastv',
    title: 'FastV',
    v3: { suites: [94.6, 95.8, 94, 88.8], average: 93.3, speedUp: 1.44, flops: 57 },
  },
  {
    methodId: 'sparsevlm',
    title: 'SparseVLM',
    v1: { suites: [96.8, 94.2, 97.6, 93.6], average: 95.55, speedUp: 1.28, flops: 77 },
    v3: { average: 95.6, speedUp: 1.28, flops: 77 },
  },
  {
    methodId: 'divprune',
    title: 'DivPrune',
    v3: { suites: [92.4, 91.2, 89, 84.8], average: 89.4, speedUp: 1.46, flops: 54 },
  },
  {
    methodId: 'vla-cache',
    title: 'VLA-Cache',
    v1: { suites: [99, 97.7, 97.4, 93.6], average: 96.93, speedUp: 1.07, flops: 83 },
    v3: { average: 96.9, speedUp: 1.07, flops: 83 },
  },
  {
    methodId: 'efficientvla',
    title: 'EfficientVLA',
    v1: { suites: [96.5, 91.1, 96, 72.1], average: 88.93, speedUp: 1.55, flops: 35 },
    v3: { average: 88.9, speedUp: 1.52, flops: 35 },
  },
]
