import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEnvironment, type SimulationEnvironment } from '../simulation/environment.ts'
import { LiveSimulator } from '../simulation/liveSimulator.ts'
import { openNodePolicy, type NodePolicy } from './node/nodePolicy.ts'
import type { RolloutEvent, RolloutRequest } from './protocol.ts'
import { createQueue } from './queue.ts'
import { RolloutRunner } from './rolloutRunner.ts'
import { TINY_MODEL } from './testing/paths.ts'

const request: RolloutRequest = {
  id: 'test',
  episode: 3,
  horizonSteps: 9,
  suite: 'object',
  methodId: 'dense',
  parameters: {},
  executeSteps: 3,
  seed: 0,
}

describe('RolloutRunner on the simulator', () => {
  let environment: SimulationEnvironment
  let policy: NodePolicy
  let simulator: LiveSimulator
  let runner: RolloutRunner<NodePolicy>

  beforeAll(async () => {
    environment = await createEnvironment()
    policy = await openNodePolicy(TINY_MODEL)
    simulator = new LiveSimulator(environment, { onFrame: () => {} })
    runner = new RolloutRunner({ queue: createQueue(), host: () => policy, recover: () => Promise.resolve(false) })
  })
  afterAll(async () => {
    simulator.dispose()
    await policy.dispose()
  })

  function play(changes: Partial<RolloutRequest> = {}, onEvent: (event: RolloutEvent) => void = () => {}) {
    simulator.begin({ suite: 'object', seed: 3, horizonSteps: 9 })
    return runner.run({ ...request, ...changes }, simulator.world(), onEvent)
  }

  it('plays an episode to its end and repeats it exactly', async () => {
    const events: RolloutEvent[] = []
    const outcome = await play({}, (event) => events.push(event))
    expect(outcome).toEqual({ status: 'done', success: false, steps: 9, replans: 0, failure: 'never-grasped' })
    const steps = events.map((event) => (event.type === 'query' ? event.record.step : undefined))
    expect(steps).toEqual([0, 3, 6])
    const { actions } = simulator.recording()
    expect(actions).toHaveLength(9 * 7)
    await play()
    expect(simulator.recording().actions).toEqual(actions)
  })

  it('takes other settings from the next query on', async () => {
    const kept: number[] = []
    await play({}, (event) => {
      if (event.type !== 'query') return
      kept.push(event.record.tokensPerLayer.at(-1) ?? 0)
      runner.change('test', { ...request, methodId: 'stride', parameters: { keep: 0.25 } })
    })
    expect(kept).toHaveLength(3)
    expect(kept[0]).toBe(512)
    expect(kept[1]).toBeLessThan(200)
    expect(() => runner.change('gone', { ...request, methodId: 'magic' })).not.toThrow()
  })

  it('refuses settings that do not exist and goes on with the old ones', async () => {
    let refused = ''
    const outcome = await play({}, () => {
      try {
        runner.change('test', { ...request, methodId: 'magic' })
      } catch (error) {
        refused = String(error)
      }
    })
    expect(refused).toMatch(/Unknown method "magic"/)
    expect(outcome).toMatchObject({ status: 'done', steps: 9 })
  })

  it('is aborted at once also while the world stands still', async () => {
    const running = play({}, () => simulator.pause())
    await new Promise((resolve) => setTimeout(resolve, 50))
    runner.cancel('test')
    expect(await running).toEqual({ status: 'aborted' })
    simulator.resume()
  })

  it('says what is missing instead of throwing', async () => {
    expect(await play({ methodId: 'magic' })).toMatchObject({ status: 'failed' })
    const without = new RolloutRunner({ queue: createQueue(), host: () => undefined, recover: async () => false })
    expect(await without.run(request, simulator.world(), () => {})).toEqual({
      status: 'failed',
      message: 'No model is loaded yet.',
    })
  })

  it('lets two rollouts take turns', async () => {
    const other = new LiveSimulator(environment, { onFrame: () => {} })
    // Both worlds stand on one environment here: only the order of the queries matters.
    other.begin({ suite: 'object', seed: 3, horizonSteps: 9 })
    const order: string[] = []
    const log = (name: string) => () => void order.push(name)
    const [a, b] = await Promise.all([
      runner.run({ ...request, id: 'a', horizonSteps: 6 }, other.world(), log('a')),
      runner.run({ ...request, id: 'b', horizonSteps: 6 }, other.world(), log('b')),
    ])
    expect([a.status, b.status]).toEqual(['done', 'done'])
    expect(order).toEqual(['a', 'b', 'a', 'b'])
  })
})
