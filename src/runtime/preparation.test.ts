import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SelectorSession } from '../core/pruning/contract.ts'
import { runBenchmark } from './benchmark.ts'
import { openNodePolicy, type NodePolicy } from './node/nodePolicy.ts'
import { OpenLoopWalk, observationAt } from './openLoopWalk.ts'
import { prepareQuery } from './preparation.ts'
import type { BenchmarkSample, ReplayEvent } from './protocol.ts'
import { runReplay } from './replay.ts'
import { runRollout } from './rollout.ts'
import { fakeEpisode } from './testing/fakeEpisode.ts'
import { fakeSelector } from './testing/fakeSelector.ts'
import { TINY_MODEL } from './testing/paths.ts'

const PREPARATION_MS = 7
const FETCH_MS = 100
const episode = fakeEpisode(20)

describe("the selector's preparation", () => {
  let policy: NodePolicy
  /** The only clock: it moves where a test says so, so engines take no time at all. */
  let nowMs = 0

  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
  })
  afterAll(() => policy.dispose())
  beforeEach(() => {
    nowMs = 0
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  })
  afterEach(() => vi.restoreAllMocks())

  function preparing(): SelectorSession {
    return fakeSelector({ onInput: () => (nowMs += PREPARATION_MS) }).session
  }

  it('does not hold the time in which images are fetched', () => {
    const { session } = fakeSelector({
      onInput({ imagesAt }) {
        nowMs += PREPARATION_MS
        imagesAt(4)
      },
    })
    session.beginEpisode()
    const imagesAt = () => {
      nowMs += FETCH_MS
      return undefined
    }
    const query = { step: 0, observation: observationAt(episode, 0), imagesAt, executedActions: [] }
    expect(prepareQuery(session, query)).toBe(PREPARATION_MS)
  })

  it('is known after a query of a recording was begun', () => {
    const walk = new OpenLoopWalk(episode, preparing(), 8)
    walk.begin()
    expect(walk.preparationMs).toBe(PREPARATION_MS)
  })

  it.each([
    ['a method', 'fake', PREPARATION_MS],
    ['the dense policy, which has none', 'dense', 0],
  ])('is part of the latency in a replay of %s', async (_, methodId, expected) => {
    const events: ReplayEvent[] = []
    await runReplay({
      engines: () => policy.engines,
      episode,
      session: preparing(),
      methodId,
      executeSteps: 8,
      visualTokens: 512,
      onEvent: (event) => events.push(event),
    })
    const records = events.flatMap((event) => (event.type === 'query' ? [event.record] : []))
    expect(records.map(({ latencyMs, stagesMs }) => [latencyMs, stagesMs.select])).toEqual([
      [expected, expected],
      [expected, expected],
      [expected, expected],
    ])
  })

  it('is part of the latency in a closed loop and in its records', async () => {
    const { queries, records } = await runRollout({
      environment: {
        observe: () => observationAt(episode, 0),
        step: () => ({ success: false, done: false }),
      },
      engine: policy.engines.layered,
      session: preparing(),
      methodId: 'fake',
      executeSteps: 8,
      horizonSteps: 8,
      recordVisualTokens: 512,
    })
    for (const each of [...queries, ...records]) {
      expect([each.latencyMs, each.stagesMs.select]).toEqual([PREPARATION_MS, PREPARATION_MS])
    }
    expect(records).toHaveLength(1)
  })

  it("is part of the method's latency in a benchmark, not of the baselines'", async () => {
    const samples: BenchmarkSample[] = []
    await runBenchmark({
      engines: policy.engines,
      episode,
      session: preparing(),
      methodId: 'fake',
      executeSteps: 8,
      rounds: 2,
      seed: 0,
      onSample: (sample) => samples.push(sample),
    })
    const latencies = (engine: string) => samples.filter((each) => each.engine === engine).map((each) => each.latencyMs)
    expect(latencies('pruned')).toEqual([PREPARATION_MS, PREPARATION_MS])
    expect([...latencies('dense'), ...latencies('keep-all')]).toEqual([0, 0, 0, 0])
  })
})
