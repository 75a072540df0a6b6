import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DensePass, LayerSignals, PositionTable } from '../core/pruning/contract.ts'
import { createRefreshSession } from '../core/pruning/denseRefresh.ts'
import { resolveParameters, startMethod } from '../core/pruning/registry.ts'
import { createRenumberSession } from '../core/pruning/renumber.ts'
import { tokenRange } from '../core/pruning/sets.ts'
import { specprune } from '../core/pruning/specprune.ts'
import { queryRecordSchema } from '../core/schema/runRecord.ts'
import { runDensePass } from './densePass.ts'
import { type NodePolicy, openNodePolicy } from './node/nodePolicy.ts'
import { observationAt } from './openLoopWalk.ts'
import { policyContext, positionTable } from './policyContext.ts'
import type { ReplayEvent } from './protocol.ts'
import { runReplay } from './replay.ts'
import { fakeEpisode } from './testing/fakeEpisode.ts'
import { fakeSelector, keeping } from './testing/fakeSelector.ts'
import { TINY_MODEL } from './testing/paths.ts'

const episode = fakeEpisode(24)
const observation = observationAt(episode, 0)

describe('what happens outside the timed path', () => {
  let policy: NodePolicy
  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
  })
  afterAll(() => policy.dispose())

  const passOf = (moment: DensePass['moment']): DensePass => ({ moment, textLayers: [1, 3], actionLayers: [2] })

  it('tells the selector every layer of a forward that kept everything', async () => {
    const { session } = fakeSelector({ plan: { densePass: passOf('before') } })
    let told: readonly LayerSignals[] = []
    session.afterDense = (signals) => void (told = signals)
    const { layered } = policy.engines
    expect(await runDensePass(layered, session, observation, 'after')).toBeUndefined()
    const work = await runDensePass(layered, session, observation, 'before')
    expect(work?.tokensPerLayer).toEqual([512, 512, 512, 512])
    expect(told.map(({ layer, ids, text, action }) => [layer, ids.length, text?.length, action?.length])).toEqual([
      [0, 512, undefined, undefined],
      [1, 512, 512, undefined],
      [2, 512, undefined, 512],
      [3, 512, 512, undefined],
      [4, 512, undefined, undefined],
    ])
    const { scores } = await layered.query(observation, { taps: 'all' })
    expect(told[3].text).toEqual(scores.find(({ layer, rows }) => layer === 3 && rows === 'text')?.values)
  })

  it('is spared after a query that removed nothing', async () => {
    const { session } = fakeSelector({ plan: { densePass: passOf('after') } })
    const { layered } = policy.engines
    const query = await layered.query(observation)
    expect(await runDensePass(layered, session, observation, 'after', { query })).toBeUndefined()
  })

  it('gives every query of a refreshed replay a clean gate, and its cost a place of its own', async () => {
    const replay = async (refresh: boolean) => {
      const records: Extract<ReplayEvent, { type: 'query' }>['record'][] = []
      await runReplay({
        engines: () => policy.engines,
        episode,
        session: startMethod({ id: 'specprune', values: { refresh } }, policyContext(policy.files, { seed: 0 })),
        methodId: 'specprune',
        executeSteps: 6,
        visualTokens: 512,
        onEvent: (event) => {
          if (event.type === 'query') records.push(queryRecordSchema.parse(event.record))
        },
      })
      return records
    }
    const [own, refreshed] = [await replay(false), await replay(true)]
    expect(own.map(({ notes }) => notes.gateProvenance)).toEqual([undefined, 'dense', 'pruned', 'pruned'])
    expect(refreshed.map(({ notes }) => notes.gateProvenance)).toEqual([undefined, 'dense', 'dense', 'dense'])
    expect(own.every(({ offPath }) => offPath === undefined)).toBe(true)
    expect(refreshed.map(({ offPath }) => offPath?.tokensPerLayer)).toEqual([
      undefined,
      [512, 512, 512, 512],
      [512, 512, 512, 512],
      [512, 512, 512, 512],
    ])
    // The second query has the same history either way; the third inherits another global set.
    expect(refreshed[1].decisions).toEqual(own[1].decisions)
    expect(refreshed[2].decisions[0].sets[0]).not.toEqual(own[2].decisions[0].sets[0])
  })

  it('inherits exactly what a dense query would have handed on', async () => {
    const context = policyContext(policy.files, { seed: 0 })
    const start = () => specprune.start(resolveParameters(specprune), context)
    const refreshed = createRefreshSession(start())
    const dense = start()
    const { layered } = policy.engines
    const input = (step: number) => ({
      step,
      observation: observationAt(episode, step),
      imagesAt: (back: number) => (back <= step ? observationAt(episode, step - back).images : undefined),
      executedActions: [],
    })
    const all = tokenRange(0, 512)
    for (const step of [0, 6]) {
      const seen = observationAt(episode, step)
      refreshed.beforeQuery(input(step))
      const result = await layered.query(seen, { session: refreshed })
      await runDensePass(layered, refreshed, seen, 'after', { query: result })
      refreshed.afterQuery({ chunk: result.chunk, survivors: result.survivors })
      dense.beforeQuery(input(step))
      const { textLayers, actionLayers } = dense.plan
      const { session: reader, log } = fakeSelector({ plan: { textLayers, actionLayers } })
      await layered.query(seen, { session: reader })
      for (const signals of log.signals) dense.afterLayer(signals)
      dense.afterQuery({ chunk: result.chunk, survivors: all })
    }
    refreshed.beforeQuery(input(12))
    dense.beforeQuery(input(12))
    const next = await layered.query(observationAt(episode, 12), { session: refreshed })
    const expected = await layered.query(observationAt(episode, 12), { session: dense })
    expect(next.survivors).toEqual(expected.survivors)
    expect(next.chunk).toEqual(expected.chunk)
  })
})

describe('renumbered positions', () => {
  let policy: NodePolicy
  let table: PositionTable
  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
    const found = positionTable(policy.files)
    if (!found) throw new Error('no positions')
    table = found
  })
  afterAll(() => policy.dispose())

  it('come from the weights: one vector per patch, plus the camera', () => {
    const { width } = policy.files.manifest.model
    expect(table.values).toHaveLength(512 * width)
    const difference = (id: number, i: number) => table.values[(256 + id) * width + i] - table.values[id * width + i]
    for (const i of [0, 5, width - 1]) expect(difference(200, i)).toBeCloseTo(difference(3, i), 5)
    expect(table.values.some((value) => value !== 0)).toBe(true)
  })

  it('change nothing when nothing is removed, or the first tokens stay', async () => {
    const { layered } = policy.engines
    const { chunk } = await layered.query(observation)
    const first = tokenRange(0, 300)
    const keep = (ids: Int32Array) => fakeSelector({ plan: { decisionLayers: [1] }, decide: decideAt(1, ids) }).session
    const all = createRenumberSession(keep(tokenRange(0, 512)), table)
    expect((await layered.query(observation, { session: all })).chunk).toEqual(chunk)
    const plain = await layered.query(observation, { session: keep(first) })
    const renumbered = await layered.query(observation, { session: createRenumberSession(keep(first), table) })
    expect(renumbered.chunk).toEqual(plain.chunk)
  })

  it('move every survivor to the place it has among the survivors, again after each removal', async () => {
    const { width } = policy.files.manifest.model
    const late = tokenRange(300, 100)
    const later = late.filter((id) => id % 2 === 0)
    const { session } = fakeSelector({
      plan: { decisionLayers: [0, 2] },
      decide: (signals) => decideAt(0, late)(signals) ?? decideAt(2, later)(signals),
    })
    const renumbered = createRenumberSession(session, table)
    expect(renumbered.plan.hiddenLayers).toEqual([0, 2])
    renumbered.beforeQuery({ step: 0, observation, imagesAt: () => undefined, executedActions: [] })
    const zeros = (tokens: number) => ({ values: new Float32Array((tokens + 17) * width), width })
    const first = renumbered.afterLayer({ layer: 0, ids: tokenRange(0, 512), hidden: zeros(512) })
    const at = (place: number) => [...table.values.subarray(place * width, (place + 1) * width)]
    const row = (rows: Float32Array, i: number) => [...rows.subarray(i * width, (i + 1) * width)]
    const moved = (from: number, to: number) => at(to).map((value, i) => Math.fround(value - at(from)[i]))
    expect(row(first?.replace?.rows ?? new Float32Array(), 7)).toEqual(moved(307, 7))
    renumbered.afterLayer({ layer: 1, ids: late })
    const second = renumbered.afterLayer({ layer: 2, ids: late, hidden: zeros(100) })
    expect(second?.keep).toEqual(later)
    expect(row(second?.replace?.rows ?? new Float32Array(), 3)).toEqual(moved(6, 3))
  })

  it('can be asked of any method that removes, and change its chunk', async () => {
    const run = async (positions: string) => {
      const values = { removeAfter: 0, keep: 0.2, positions }
      const session = startMethod({ id: 'stratified', values }, policyContext(policy.files, { seed: 0 }))
      session.beforeQuery({ step: 0, observation, imagesAt: () => undefined, executedActions: [] })
      return policy.engines.layered.query(observation, { session })
    }
    const [original, renumbered] = [await run('original'), await run('renumbered')]
    expect(renumbered.survivors).toEqual(original.survivors)
    expect(renumbered.chunk).not.toEqual(original.chunk)
    const { layout, model } = policy.files.manifest
    const without = { layout, layers: model.layers, seed: 0 }
    const start = () => startMethod({ id: 'stratified', values: { positions: 'renumbered' } }, without)
    expect(start).toThrow('position vectors')
  })
})

function decideAt(layer: number, keep: Int32Array) {
  return (signals: LayerSignals) => (signals.layer === layer ? keeping(keep) : undefined)
}
