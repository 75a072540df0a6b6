import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenRange } from '../core/pruning/sets.ts'
import { decodeFloats, decodeIds } from '../core/schema/base64.ts'
import { queryRecordSchema, type QueryRecord } from '../core/schema/runRecord.ts'
import type { DenseFrame, ReplayEvent } from './protocol.ts'
import { maxDifference } from './golden.ts'
import { openNodePolicy, type NodePolicy } from './node/nodePolicy.ts'
import { attachDense } from './queryRecord.ts'
import { runReplay, type ReplayOptions } from './replay.ts'
import { fakeEpisode } from './testing/fakeEpisode.ts'
import { fakeSelector, keeping } from './testing/fakeSelector.ts'
import { TINY_MODEL } from './testing/paths.ts'

const episode = fakeEpisode(20)

describe('runReplay', () => {
  let policy: NodePolicy
  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
  })
  afterAll(() => policy.dispose())

  async function replay(options: Partial<ReplayOptions> = {}) {
    const events: ReplayEvent[] = []
    await runReplay({
      engines: () => policy.engines,
      episode,
      session: fakeSelector({}).session,
      methodId: 'fake',
      executeSteps: 8,
      visualTokens: 512,
      onEvent: (event) => events.push(event),
      ...options,
    })
    const records = events.flatMap((event): QueryRecord[] => (event.type === 'query' ? [event.record] : []))
    const frames = events.flatMap((event): DenseFrame[] => (event.type === 'dense' ? [event.frame] : []))
    return { events, records, frames }
  }

  it('queries at frame 0 and whenever the executed steps are used up', async () => {
    const { session, log } = fakeSelector({})
    const { events, records } = await replay({ session })
    expect(events.map((event) => event.type)).toEqual(['query', 'query', 'query'])
    expect(records.map(({ index, step, replan }) => [index, step, replan])).toEqual([
      [0, 0, false],
      [1, 8, false],
      [2, 16, false],
    ])
    expect(log.inputs.map((input) => input.executedActions.length)).toEqual([0, 8, 8])
    expect([...log.inputs[1].executedActions[2]]).toEqual([...episode.actions.subarray(14, 21)])
    expect(log.steps).toHaveLength(20)
    expect(log.steps.slice(0, 8).map((step) => step.remaining)).toEqual([7, 6, 5, 4, 3, 2, 1, 0])
    for (const record of records) expect(queryRecordSchema.safeParse(record).success).toBe(true)
  })

  it('shows earlier images and nothing before the episode', async () => {
    const { session, log } = fakeSelector({})
    await replay({ session })
    const input = log.inputs[1]
    expect(input.imagesAt(0)?.wrist.data).toEqual(input.observation.images.wrist.data)
    expect(
      Buffer.compare(input.imagesAt(8)?.front.data ?? new Uint8Array(), episode.pixels.front.subarray(0, 49152)),
    ).toBe(0)
    expect(input.imagesAt(9)).toBeUndefined()
  })

  it('throws the rest of a chunk away when the controller replans', async () => {
    const { session } = fakeSelector({ replan: ({ remaining }) => remaining === 5 || remaining === 0 })
    const { records } = await replay({ session })
    expect(records.map(({ step, replan }) => [step, replan])).toEqual([
      [0, false],
      [3, true],
      [6, true],
      [9, true],
      [12, true],
      [15, true],
      [18, true],
    ])
  })

  it('never executes more than a chunk holds', async () => {
    expect((await replay({ executeSteps: 50 })).records.map(({ step }) => step)).toEqual([0, 8, 16])
  })

  it('encodes decisions, scores and notes by absolute token id', async () => {
    const odd = tokenRange(0, 512).filter((id) => id % 2 === 1)
    const { session } = fakeSelector({
      plan: { textLayers: [3], decisionLayers: [1, 3] },
      decide({ layer, ids, text }) {
        if (layer === 1) return keeping(odd)
        return layer === 3 ? keeping(ids.slice(0, 40), text) : undefined
      },
    })
    const [first, second] = (await replay({ session })).records
    expect(first.tokensPerLayer).toEqual([512, 256, 256, 40])
    expect(first.decisions.map(({ layer }) => layer)).toEqual([1, 3])
    expect(decodeIds(first.decisions[1].keep)).toEqual(odd.slice(0, 40))
    const score = decodeFloats(first.decisions[1].score ?? '')
    expect(score).toHaveLength(512)
    expect([...score].map(Number.isNaN)).toEqual([...score].map((_, id) => id % 2 === 0))
    expect(first.scores).toEqual([{ layer: 3, rows: 'text', values: first.decisions[1].score }])
    expect([first.notes, second.notes]).toEqual([{ lookBackSteps: 0 }, { lookBackSteps: 1 }])
  })

  it('gives the record first, then the dense frame, which later runs take from the cache', async () => {
    const denseFrames = new Map<number, DenseFrame>()
    const cold = await replay({ denseFrames })
    expect(cold.events.map((event) => event.type)).toEqual(['query', 'dense', 'query', 'dense', 'query', 'dense'])
    expect(cold.records[0].denseChunk).toBeUndefined()
    expect(cold.frames[0].textScores).toHaveLength(4 * 512)
    // Each row of attention gives the visual tokens less than one, the rest goes to the fixed tokens.
    expect(cold.frames[0].actionScores.slice(512, 1024).reduce((sum, value) => sum + value, 0)).toBeLessThan(1)
    const warm = await replay({ denseFrames })
    expect(warm.events.map((event) => event.type)).toEqual(['dense', 'query', 'dense', 'query', 'dense', 'query'])
    expect(warm.frames).toEqual(cold.frames)
    const attached = attachDense(cold.records, denseFrames)
    expect(attached.map((record) => record.denseChunk)).toEqual(warm.records.map((record) => record.denseChunk))
    expect(maxDifference(decodeFloats(attached[0].chunk), decodeFloats(attached[0].denseChunk ?? ''))).toBeLessThan(
      2e-6,
    )
  })

  it('runs the dense method on the dense engine', async () => {
    const denseFrames = new Map<number, DenseFrame>()
    const { records } = await replay({ methodId: 'dense', denseFrames })
    expect(records[0]).toMatchObject({ tokensPerLayer: [512, 512, 512, 512], decisions: [] })
    expect(decodeFloats(records[0].chunk)).toEqual(denseFrames.get(0)?.chunk)
    expect(records[0].latencyMs).toBe(denseFrames.get(0)?.latencyMs)
  })

  it('repeats the same query after a recovery, from the state before it', async () => {
    const { session, log } = fakeSelector({})
    let failures = 1
    const broken = {
      ...policy.engines,
      layered: {
        kind: 'layered' as const,
        dispose: () => Promise.resolve(),
        query: async (...args: Parameters<typeof policy.engines.layered.query>) => {
          const result = await policy.engines.layered.query(...args)
          if (log.inputs.length === 2 && failures-- > 0) throw new Error('lost')
          return result
        },
      },
    }
    const errors: unknown[] = []
    const { records } = await replay({
      session,
      engines: () => broken,
      recover: (error) => Promise.resolve(errors.push(error) === 1),
    })
    expect(errors).toHaveLength(1)
    expect(records.map(({ step }) => step)).toEqual([0, 8, 16])
    expect(records.map(({ notes }) => notes.lookBackSteps)).toEqual([0, 1, 2])
  })

  it('names the method whose decision is wrong, and stops when aborted', async () => {
    const { session } = fakeSelector({
      plan: { decisionLayers: [1] },
      decide: ({ layer }) => (layer === 1 ? keeping(Int32Array.of(600)) : undefined),
    })
    await expect(replay({ session })).rejects.toThrow('Method "fake": the decision after layer 1 keeps token 600')
    await expect(replay({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('refuses an episode whose arrays do not fit', async () => {
    await expect(replay({ episode: { ...episode, frames: 21 } })).rejects.toThrow(
      /Episode fake\/0: the pixels do not fit 21/,
    )
  })
})
