import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerSignals, SelectorSession } from '../../core/pruning/contract.ts'
import { tokenRange } from '../../core/pruning/sets.ts'
import type { Observation } from '../../core/schema/observation.ts'
import { maxDifference } from '../golden.ts'
import { openNodePolicy, type NodePolicy } from '../node/nodePolicy.ts'
import { observationAt } from '../openLoopWalk.ts'
import { fakeEpisode } from '../testing/fakeEpisode.ts'
import { fakeSelector } from '../testing/fakeSelector.ts'
import { TINY_MODEL } from '../testing/paths.ts'

const ROUNDING = 2e-6

describe('keys and values of the previous query', () => {
  let policy: NodePolicy
  let frames: Observation[]

  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
    const episode = fakeEpisode(3)
    frames = [0, 1, 2].map((step) => observationAt(episode, step))
  })
  afterAll(() => policy.dispose())

  const isStatic = (id: number) => id % 3 !== 0

  /** Computes everything in the first query, then takes over the static tokens after a layer. */
  function reuseAfter(layer: number): { session: SelectorSession; signals: LayerSignals[] } {
    const { session, log } = fakeSelector({
      plan: { decisionLayers: [layer], textLayers: [1, 4], reuses: true },
      decide({ layer: now, ids, cached }) {
        if (now !== layer || !cached) return undefined
        const keep = ids.filter((id) => !isStatic(id))
        return { keep, reuse: ids.filter(isStatic), sets: [{ name: 'moving', ids: keep }] }
      },
    })
    return { session, signals: log.signals }
  }

  it.each([0, 1, 2])('give the chunk of the same observation when taken over after layer %i', async (layer) => {
    const { layered } = policy.engines
    const { session, signals } = reuseAfter(layer)
    const first = await layered.query(frames[0], { session })
    const second = await layered.query(frames[0], { session })
    expect(maxDifference(second.chunk, first.chunk)).toBeLessThan(ROUNDING)
    expect(second.layers.map(({ visualTokens, reusedTokens = 0 }) => [visualTokens, reusedTokens])).toEqual(
      [1, 2, 3, 4].map((now) => (now > layer ? [171, 341] : [512, 0])),
    )
    expect(second.survivors).toEqual(tokenRange(0, 512))
    expect(signals[0].cached, 'nothing is there at first').toBeUndefined()
    expect(signals[5].cached).toEqual(tokenRange(0, 512))
    // Attention is spread over computed and reused tokens as it was when all were computed.
    const whole = signals[4].text ?? new Float32Array()
    const { ids, text, reused } = signals[9]
    const spread = new Float32Array(512)
    ids.forEach((id, i) => (spread[id] = text?.[i] ?? Number.NaN))
    reused?.ids.forEach((id, i) => (spread[id] = reused.text?.[i] ?? Number.NaN))
    expect(maxDifference(spread, whole)).toBeLessThan(ROUNDING)
  })

  it('are those of the query before, and stay until they are computed again', async () => {
    const { layered } = policy.engines
    const { session } = reuseAfter(0)
    await layered.query(frames[0], { session })
    const onNew = await layered.query(frames[1], { session })
    const dense = await policy.engines.dense.query(frames[1])
    expect(maxDifference(onNew.chunk, dense.chunk)).toBeGreaterThan(1e-5)
    // Back on the first frame the computed third is fresh again and the rest is still of that frame.
    const back = await layered.query(frames[0], { session })
    const first = await policy.engines.dense.query(frames[0])
    expect(maxDifference(back.chunk, first.chunk)).toBeLessThan(ROUNDING)
  })

  it('belong to the episode: a new one and another session begin without', async () => {
    const { layered } = policy.engines
    const { session, signals } = reuseAfter(0)
    await layered.query(frames[0], { session })
    const fork = session.fork()
    await layered.query(frames[0], { session: fork })
    expect(signals.at(-1)?.cached).toBeDefined()
    session.beginEpisode()
    await layered.query(frames[0], { session })
    expect(signals.at(-1)?.cached).toBeUndefined()
  })

  it('may be all that is left of the camera images', async () => {
    const { session } = fakeSelector({
      plan: { decisionLayers: [0], reuses: true },
      decide: ({ layer, ids, cached }) =>
        layer === 0 && cached ? { keep: new Int32Array(), reuse: ids, sets: [] } : undefined,
    })
    const first = await policy.engines.layered.query(frames[0], { session })
    const second = await policy.engines.layered.query(frames[0], { session })
    expect(maxDifference(second.chunk, first.chunk)).toBeLessThan(ROUNDING)
    expect(second.layers.every(({ visualTokens }) => visualTokens === 0)).toBe(true)
  })

  it.each([
    ['without an earlier query', [3], [4], 1, /token 4 is reused, but has no keys and values/],
    ['of tokens that are kept', [3, 4], [4], 2, /both keeps and reuses token 4/],
    ['of tokens that are not there', [3], [700], 2, /reuses token 700, which is not/],
    ['in a wrong order', [3], [5, 4], 2, /not in ascending order: 4 follows 5/],
  ])('are refused %s', async (_, keep, reuse, query, message) => {
    let queries = 0
    const { session } = fakeSelector({
      plan: { decisionLayers: [0], reuses: true },
      decide: ({ layer }) =>
        layer === 0 && ++queries === query
          ? { keep: Int32Array.from(keep), reuse: Int32Array.from(reuse), sets: [] }
          : undefined,
    })
    const { layered } = policy.engines
    if (query === 2) await layered.query(frames[0], { session })
    await expect(layered.query(frames[0], { session })).rejects.toThrow(message)
  })
})
