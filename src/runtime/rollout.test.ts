import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Action } from '../core/schema/observation.ts'
import { queryRecordSchema } from '../core/schema/runRecord.ts'
import { openNodePolicy, type NodePolicy } from './node/nodePolicy.ts'
import { observationAt } from './openLoopWalk.ts'
import { runRollout, type RolloutOptions } from './rollout.ts'
import { fakeEpisode } from './testing/fakeEpisode.ts'
import { fakeSelector } from './testing/fakeSelector.ts'
import { TINY_MODEL } from './testing/paths.ts'

const episode = fakeEpisode(40)

/** A world that shows the frames of a recording and succeeds after some steps. */
function fakeWorld(succeedsAfter: number) {
  const actions: Action[] = []
  let observations = 0
  return {
    actions,
    get observations() {
      return observations
    },
    observe() {
      observations++
      return observationAt(episode, actions.length)
    },
    step(action: Action) {
      actions.push(action)
      const success = actions.length >= succeedsAfter
      return { success, done: success, failure: 'none' as const }
    },
  }
}

describe('runRollout', () => {
  let policy: NodePolicy
  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
  })
  afterAll(() => policy.dispose())

  const rollout = (environment: ReturnType<typeof fakeWorld>, options: Partial<RolloutOptions> = {}) =>
    runRollout({
      environment,
      engine: policy.engines.layered,
      session: fakeSelector({}).session,
      methodId: 'fake',
      executeSteps: 5,
      horizonSteps: 30,
      ...options,
    })

  it('executes the predicted actions until success', async () => {
    const world = fakeWorld(12)
    const result = await rollout(world)
    expect(result).toMatchObject({ success: true, steps: 12, replans: 0, last: { failure: 'none' } })
    expect(result.queries.map(({ step }) => step)).toEqual([0, 5, 10])
    expect(result.queries[0].tokensPerLayer).toEqual([512, 512, 512, 512])
    const { chunk } = await policy.engines.layered.query(observationAt(episode, 5))
    expect(world.actions[6]).toEqual(chunk.slice(7, 14))
  })

  it('ends without success at the horizon', async () => {
    const result = await rollout(fakeWorld(99), { horizonSteps: 13 })
    expect(result).toMatchObject({ success: false, steps: 13 })
    expect(result.queries.map(({ step }) => step)).toEqual([0, 5, 10])
  })

  it('queries again when the controller replans, and records it', async () => {
    const { session, log } = fakeSelector({ replan: ({ remaining }) => remaining === 3 })
    const result = await rollout(fakeWorld(6), { session, recordVisualTokens: 512 })
    expect(result).toMatchObject({ success: true, steps: 6, replans: 2 })
    expect(result.records.map(({ step, replan }) => [step, replan])).toEqual([
      [0, false],
      [2, true],
      [4, true],
    ])
    expect(log.inputs.map((input) => input.executedActions.length)).toEqual([0, 2, 2])
    for (const record of result.records) expect(queryRecordSchema.safeParse(record).success).toBe(true)
  })

  it('looks back at every step, or at queries only where nobody looks back', async () => {
    const { session, log } = fakeSelector({})
    const world = fakeWorld(12)
    await rollout(world, { session })
    expect(world.observations).toBe(12)
    const images = log.inputs[2].imagesAt(3)
    expect(Buffer.compare(images?.front.data ?? new Uint8Array(), observationAt(episode, 7).images.front.data)).toBe(0)
    const blind = fakeWorld(12)
    await rollout(blind, { imageHistorySteps: 0 })
    expect(blind.observations).toBe(3)
  })

  it('draws earlier images only when a selector asks, if the world can draw them later', async () => {
    const world = fakeWorld(12)
    const drawn: number[] = []
    const glimpse = () => {
      const step = world.actions.length
      return () => {
        drawn.push(step)
        return observationAt(episode, step).images
      }
    }
    const seen: unknown[] = []
    const { session } = fakeSelector({ onInput: ({ step, imagesAt }) => seen.push(imagesAt(step === 5 ? 3 : 5)) })
    await rollout(Object.assign(world, { glimpse }), { session })
    expect(world.observations).toBe(3)
    expect(drawn).toEqual([2])
    expect(seen).toEqual([undefined, observationAt(episode, 2).images, observationAt(episode, 5).images])
  })

  it('counts the preparation for a query, but not the drawing of images', async () => {
    const wait = (ms: number) => {
      const end = performance.now() + ms
      while (performance.now() < end);
    }
    const world = fakeWorld(6)
    const glimpse = () => () => {
      wait(400)
      return observationAt(episode, 0).images
    }
    const prepared: number[] = []
    const { session } = fakeSelector({
      onInput: ({ imagesAt }) => {
        const begin = performance.now()
        imagesAt(2)
        wait(40)
        prepared.push(performance.now() - begin)
      },
    })
    const { queries } = await rollout(Object.assign(world, { glimpse }), { session })
    expect(queries[1].stagesMs.select).toBeGreaterThanOrEqual(40)
    expect(prepared[1] - queries[1].stagesMs.select).toBeGreaterThan(300)
  })

  it('forgets images beyond the history', async () => {
    const seen: boolean[][] = []
    const { session } = fakeSelector({
      onInput: ({ imagesAt }) => seen.push([4, 5].map((stepsBack) => imagesAt(stepsBack) !== undefined)),
    })
    await rollout(fakeWorld(99), { session, imageHistorySteps: 4, horizonSteps: 15 })
    expect(seen).toEqual([
      [false, false],
      [true, false],
      [true, false],
    ])
  })

  it('executes repeated actions without running the policy or a dense pass', async () => {
    const again = Float32Array.of(0.5, 0, 0, 0, 0, 0, 1)
    const { session, log } = fakeSelector({ repeat: (queries) => (queries % 2 === 1 ? again : undefined) })
    const world = fakeWorld(12)
    const { queries, records } = await rollout(world, { session, recordVisualTokens: 512 })
    expect(queries.map(({ step, tokensPerLayer, repeated }) => [step, tokensPerLayer.length, repeated])).toEqual([
      [0, 4, undefined],
      [5, 0, true],
      [6, 4, undefined],
      [11, 0, true],
    ])
    expect([world.actions[5], world.actions[11]]).toEqual([again, again])
    expect(log.inputs.map(({ executedActions }) => executedActions.length)).toEqual([0, 5, 1, 5])
    expect(log.signals).toHaveLength(2 * 5)
    expect(records.map(({ engine, repeated }) => [engine, repeated])).toEqual([
      ['layered', undefined],
      [undefined, true],
      ['layered', undefined],
      [undefined, true],
    ])
    for (const record of records) expect(queryRecordSchema.safeParse(record).success).toBe(true)
  })

  it('stops when aborted', async () => {
    const controller = new AbortController()
    const run = rollout(fakeWorld(99), { signal: controller.signal, onQuery: () => controller.abort() })
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
  })
})
