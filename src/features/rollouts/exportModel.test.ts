import { describe, expect, it } from 'vitest'
import type { QueryRecord } from '../../core/schema/runRecord.ts'
import { parseComparison } from '../../data/results/comparison.ts'
import { NO_RUN } from '../../stores/rolloutStoreRun.ts'
import type { RolloutEpisode, RolloutRun } from '../../stores/rolloutStoreRun.ts'
import { comparisonOf } from './exportModel.ts'

const machine = { cores: 2, system: 'test' }

function query(tokensPerLayer: number[], latencyMs: number): QueryRecord {
  const stagesMs = { observe: 0, select: 0, embed: 0, layers: 0, head: 0 }
  return { index: 0, step: 0, replan: false, notes: {}, chunk: '', tokensPerLayer, decisions: [], latencyMs, stagesMs }
}

function episode(seed: number, settingId: string, success: boolean, queries: QueryRecord[]): RolloutEpisode {
  const failure = success ? undefined : 'dropped'
  const rest = { instruction: `task ${seed}`, actions: new Float32Array(), successes: new Uint8Array() }
  return { seed, settingId, success, failure, steps: 10 * (seed + 1), replans: 1, queries, ...rest }
}

const dense = [query([100, 100], 4)]
const pruned = [query([100, 50], 2), query([100, 30], 4)]

const run: RolloutRun = {
  ...NO_RUN,
  phase: 'stopped',
  plan: {
    suite: 'object',
    firstSeed: 0,
    seedCount: 9,
    settings: [
      { id: 'm1', title: 'Dense', methodId: 'dense', presetId: undefined, parameters: {} },
      { id: 'm2', title: 'Stride', methodId: 'stride', presetId: undefined, parameters: { keep: 0.25 } },
    ],
    executeSteps: 8,
    methodSeed: 0,
    horizonSteps: 60,
  },
  provenance: {
    createdAt: '2026-01-01T00:00:00.000Z',
    app: { version: '0.1.0' },
    model: {
      id: 'tiny',
      weightsSha256: 'a'.repeat(64),
      layers: 2,
      width: 8,
      feedForward: 16,
      visualTokens: 100,
      fixedTokens: 10,
    },
    macs: { stemMacs: 1000, headMacs: 10 },
    horizonSteps: 60,
    device: { backend: 'wasm', agent: 'test' },
  },
  episodes: [
    episode(0, 'm1', true, dense),
    episode(0, 'm2', false, pruned),
    episode(1, 'm1', true, dense),
    episode(1, 'm2', true, pruned),
    // Seed 2 was stopped in the middle of its pair.
    episode(2, 'm1', true, dense),
  ],
}

describe('the exported result', () => {
  it('is a comparison file with the seeds that every method has played', () => {
    const comparison = parseComparison(JSON.parse(JSON.stringify(comparisonOf(run, machine))))
    expect(comparison.methods.map(({ label }) => label)).toEqual(['dense', 'stride:keep=0.25'])
    const suite = comparison.suites.object
    expect(suite).toMatchObject({ seeds: { first: 0, last: 1 }, episodes: 2, tasks: ['task 0', 'task 1'] })
    expect(suite.pairs).toMatchObject([{ pairs: 2, onlyFirst: 1, onlySecond: 0, mcnemarP: 1, difference: -0.5 }])
    expect(suite.methods[1]).toMatchObject({
      successes: 1,
      budget: (150 + 130) / 2 / 200,
      keptTokens: 40,
      queriesPerEpisode: 2,
      latencyPerEpisodeMs: 6,
      failures: { dropped: 1 },
      stepsPerSuccess: 20,
    })
    expect(suite.methods[0].macsRatio).toBe(1)
    expect(suite.methods[1].macsRatio).toBeLessThan(1)
    expect(comparison.provenance.command).toContain('--methods dense,stride:keep=0.25 --suite object --seeds 0..1')
  })

  it('is nothing before a seed is complete', () => {
    expect(comparisonOf({ ...run, episodes: run.episodes.slice(0, 1) }, machine)).toBeUndefined()
    expect(comparisonOf(NO_RUN, machine)).toBeUndefined()
  })
})
