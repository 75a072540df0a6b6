import { describe, expect, it } from 'vitest'
import { mcnemarExact } from '../../core/statistics/mcnemar.ts'
import { wilsonInterval } from '../../core/statistics/wilson.ts'
import { NO_RUN } from '../../stores/rolloutStoreRun.ts'
import type { RolloutEpisode, RolloutPlan, RolloutRun } from '../../stores/rolloutStoreRun.ts'
import { describeProgress, seedRows, summarisePairs, summariseSettings } from './resultModel.ts'

const setting = (id: string) => ({ id, title: `Method ${id}`, methodId: 'dense', presetId: undefined, parameters: {} })
const plan: RolloutPlan = {
  suite: 'object',
  firstSeed: 0,
  seedCount: 4,
  settings: [setting('a'), setting('b')],
  executeSteps: 8,
  methodSeed: 0,
  horizonSteps: undefined,
}

function episode(seed: number, settingId: string, failure?: string): RolloutEpisode {
  return {
    seed,
    settingId,
    success: failure === undefined,
    failure,
    instruction: `task ${seed}`,
    steps: 10,
    replans: 0,
    queries: [],
    actions: new Float32Array(),
    successes: new Uint8Array(),
  }
}

// a: yes no no, b: yes yes no and seed 3 not yet played.
const run: RolloutRun = {
  ...NO_RUN,
  phase: 'running',
  plan,
  episodes: [
    episode(0, 'a'),
    episode(0, 'b'),
    episode(1, 'a', 'dropped'),
    episode(1, 'b'),
    episode(2, 'a', 'dropped'),
    episode(2, 'b', 'never-grasped'),
    episode(3, 'a', 'not-placed'),
  ],
}

describe('counts of a comparison', () => {
  it('gives each method its successes, interval and failures', () => {
    const [a, b] = summariseSettings(run)
    expect(a).toMatchObject({ episodes: 4, successes: 1, rate: wilsonInterval(1, 4) })
    expect(a.failures).toEqual([
      { reason: 'dropped', count: 2 },
      { reason: 'not-placed', count: 1 },
    ])
    expect(b).toMatchObject({ episodes: 3, successes: 2, latencyP50Ms: undefined, budget: undefined })
  })

  it('pairs only seeds that both have played', () => {
    expect(summarisePairs(run)).toMatchObject([
      { pairs: 3, both: 1, onlyFirst: 0, onlySecond: 1, neither: 1, mcnemarP: mcnemarExact(0, 1), difference: 1 / 3 },
    ])
  })

  it('has no interval and no pairs before anything was played', () => {
    const empty = { ...run, episodes: [] }
    expect(summariseSettings(empty)[0].rate).toBeUndefined()
    expect(summarisePairs(empty)).toEqual([])
  })

  it('lists seeds with their outcomes and marks those that differ', () => {
    const rows = seedRows(run)
    expect(rows.map(({ seed, discordant }) => [seed, discordant])).toEqual([
      [0, false],
      [1, true],
      [2, false],
      [3, false],
    ])
    expect(rows[3].outcomes[1]).toBeUndefined()
  })

  it('says what is going on', () => {
    const current = { seed: 3, setting: plan.settings[1] }
    expect(describeProgress({ ...run, current })).toBe('Running, 7 of 8 episodes: seed 3, Method b')
    expect(describeProgress({ ...run, phase: 'failed', message: 'Lost.' })).toBe('Failed after 7 of 8 episodes. Lost.')
  })
})
