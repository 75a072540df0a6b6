import type { Comparison, MethodResult, PairResult } from '../../../data/results/comparison.ts'
import { COMPARISON_VERSION } from '../../../data/results/comparison.ts'

/** What a test says about a method of a comparison. */
export interface MethodOptions {
  id: string
  label: string
  successes: number
  macsRatio: number
  p50: number
  parameters?: Comparison['methods'][number]['parameters']
  changed?: string[]
}

const EPISODES = 20

function resultOf({ label, successes, macsRatio, p50 }: MethodOptions): MethodResult {
  const rate = successes / EPISODES
  return {
    method: label,
    episodes: EPISODES,
    successes,
    successRate: rate,
    wilson95: [Math.max(0, rate - 0.2), Math.min(1, rate + 0.2)],
    queriesPerEpisode: 12,
    replansPerEpisode: 0.5,
    stepsPerEpisode: 90,
    budget: macsRatio,
    keptTokens: 512 * macsRatio,
    macsPerQuery: 1e9 * macsRatio,
    macsRatio,
    macsPerEpisode: 12e9 * macsRatio,
    latencyMs: { count: 240, p50, p95: 2 * p50, mean: p50 },
    latencyPerEpisodeMs: 12 * p50,
    failures: {},
  }
}

function pairOf(first: MethodOptions, second: MethodOptions): PairResult {
  const difference = (second.successes - first.successes) / EPISODES
  return {
    first: first.label,
    second: second.label,
    pairs: EPISODES,
    both: second.successes,
    onlyFirst: first.successes - second.successes,
    onlySecond: 0,
    neither: EPISODES - first.successes,
    mcnemarP: 0.25,
    mcnemarHolmP: 0.5,
    difference,
    bootstrap95: [difference - 0.1, difference + 0.1],
    clusters: 5,
  }
}

/** A comparison on one suite; the first method is the reference. */
export function buildComparison(methods: readonly MethodOptions[], suite = 'object'): Comparison {
  return {
    version: COMPARISON_VERSION,
    kind: 'comparison',
    title: 'A comparison',
    methods: methods.map(({ id, label, parameters = {}, changed = [] }) => ({
      ...{ label, title: id.toUpperCase(), id, parameters, changed },
    })),
    suites: {
      [suite]: {
        seeds: { first: 0, last: EPISODES - 1 },
        horizonSteps: 150,
        episodes: EPISODES,
        methods: methods.map(resultOf),
        pairs: methods.slice(1).map((second) => pairOf(methods[0], second)),
        tasks: new Array<string>(EPISODES).fill('a task'),
        outcomes: [],
      },
    },
    provenance: {
      createdAt: '2026-01-02T03:04:05.000Z',
      app: { version: '0.1.0' },
      commits: ['0123456789abcdef'],
      command: 'npm run -s specprune -- compare --methods dense,random',
      model: { id: 'tiny', weightsSha256: 'ab'.repeat(32) },
      executeSteps: 4,
      methodSeed: 3,
      bootstrap: { samples: 1000, seed: 0 },
      machine: {
        devices: [{ backend: 'node', threads: 1, agent: 'Node 22' }],
        processor: 'a processor',
        cores: 2,
        memoryBytes: 1e9,
        system: 'Linux',
      },
      workers: 2,
      played: 40,
    },
  }
}
