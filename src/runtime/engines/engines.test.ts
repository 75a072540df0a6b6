import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenRange } from '../../core/pruning/sets.ts'
import type { Observation } from '../../core/schema/observation.ts'
import { checkGolden, goldenObservation, maxDifference } from '../golden.ts'
import { openNodePolicy, type NodePolicy } from '../node/nodePolicy.ts'
import { fakeSelector, keeping } from '../testing/fakeSelector.ts'
import { TINY_MODEL } from '../testing/paths.ts'

/** Dense and layered are different graphs, so sums may round differently; in float32 that is a few units of 1e-7. */
const KEEP_ALL_TOLERANCE = 2e-6

describe('engines on the tiny model', () => {
  let policy: NodePolicy
  let observation: Observation

  beforeAll(async () => {
    policy = await openNodePolicy(TINY_MODEL)
    observation = goldenObservation(policy.files.manifest, policy.files.golden.cases[0])
  })
  afterAll(() => policy.dispose())

  it('agrees with the golden vectors', async () => {
    const report = await checkGolden(policy.engines, policy.files.manifest, policy.files.golden)
    expect(report).toMatchObject({ status: 'passed', cases: policy.files.golden.cases.length })
  })

  it('gives the dense chunk when the layered engine keeps everything', async () => {
    const { dense, layered } = policy.engines
    for (const entry of policy.files.golden.cases) {
      const input = goldenObservation(policy.files.manifest, entry)
      const keepAll = fakeSelector({
        plan: { decisionLayers: [2] },
        decide: ({ ids, layer }) => (layer === 2 ? keeping(ids) : undefined),
      })
      const expected = await dense.query(input)
      const plain = await layered.query(input)
      const decided = await layered.query(input, { session: keepAll.session })
      expect(maxDifference(plain.chunk, expected.chunk)).toBeLessThan(KEEP_ALL_TOLERANCE)
      expect(decided.chunk).toEqual(plain.chunk)
    }
  })

  it('removes tokens before layer 1 and between layers, and reports what took part', async () => {
    const even = tokenRange(0, 512).filter((id) => id % 2 === 0)
    const { session, log } = fakeSelector({
      plan: { textLayers: [2], decisionLayers: [0, 2] },
      decide({ layer, ids, text }) {
        if (layer === 0) return keeping(even)
        return layer === 2
          ? keeping(
              ids.filter((id) => id >= 256),
              text,
            )
          : undefined
      },
    })
    const result = await policy.engines.layered.query(observation, { session })
    expect(result.layers.map((layer) => layer.visualTokens)).toEqual([256, 256, 128, 128])
    expect(result.embedDecision?.keep).toEqual(even)
    expect(result.layers[1].decision?.keep).toHaveLength(128)
    expect(result.survivors).toEqual(even.filter((id) => id >= 256))
    expect(log.signals.map((signals) => signals.layer)).toEqual([0, 1, 2, 3, 4])
    expect(log.signals.map((signals) => signals.text?.length)).toEqual([
      undefined,
      undefined,
      256,
      undefined,
      undefined,
    ])
    expect(result.scores.map(({ layer, rows }) => [layer, rows])).toEqual([[2, 'text']])
    const { observe, select, embed, layers, head } = result.stagesMs
    expect(result.latencyMs).toBeGreaterThanOrEqual(observe + select + embed + layers + head - 0.01)
  })

  it('gives survivors the attention that they have, whichever way they were selected', async () => {
    const keep = tokenRange(0, 512).filter((id) => id % 3 !== 1)
    const atOnce = fakeSelector({
      plan: { decisionLayers: [0] },
      decide: ({ layer }) => (layer === 0 ? keeping(keep) : undefined),
    })
    const inTwo = fakeSelector({
      plan: { decisionLayers: [0, 1] },
      decide: ({ layer, ids }) => (layer === 0 ? keeping(keep) : layer === 1 ? keeping(ids) : undefined),
    })
    const a = await policy.engines.layered.query(observation, { session: atOnce.session, taps: 'all' })
    const b = await policy.engines.layered.query(observation, { session: inTwo.session, taps: 'all' })
    expect(a.chunk).toEqual(b.chunk)
    expect(a.scores).toHaveLength(8)
    expect(a.scores).toEqual(b.scores)
    // The text and action rows give the rest of their attention to the fixed tokens.
    for (const { values } of a.scores) expect(values.reduce((sum, value) => sum + value, 0)).toBeLessThan(1)
  })

  it('shows the selector only the scores of its plan, even when all are read', async () => {
    const { session, log } = fakeSelector({ plan: { actionLayers: [3] } })
    await policy.engines.layered.query(observation, { session, taps: 'all' })
    expect(log.signals.map(({ text, action }) => [text !== undefined, action !== undefined])).toEqual([
      [false, false],
      [false, false],
      [false, false],
      [false, true],
      [false, false],
    ])
  })

  it('keeps one single token and the last layer may decide too', async () => {
    const { session } = fakeSelector({
      plan: { decisionLayers: [1, 4] },
      decide: ({ layer }) => (layer === 1 || layer === 4 ? keeping(Int32Array.of(17)) : undefined),
    })
    const result = await policy.engines.layered.query(observation, { session })
    expect(result.layers.map((layer) => layer.visualTokens)).toEqual([512, 1, 1, 1])
    expect(result.survivors).toEqual(Int32Array.of(17))
  })

  it('refuses decisions that cannot be carried out', async () => {
    const query = (layer: number, keep: number[], plan = [layer]) => {
      const { session } = fakeSelector({
        plan: { decisionLayers: plan },
        decide: (signals) => (signals.layer === layer ? keeping(Int32Array.from(keep)) : undefined),
      })
      return policy.engines.layered.query(observation, { session })
    }
    await expect(query(2, [3, 512])).rejects.toThrow(/after layer 2 keeps token 512/)
    await expect(query(4, [3, 3])).rejects.toThrow(/after layer 4 names token 3 twice/)
    await expect(query(1, [3], [2])).rejects.toThrow(/after layer 1, where the plan has none/)
  })

  it('shows hidden states where the plan asks, and runs on with rows that the selector replaced', async () => {
    const plain = await policy.engines.layered.query(observation)
    const run = async (scale: number) => {
      const { session, log } = fakeSelector({
        plan: { decisionLayers: [0, 2], hiddenLayers: [0, 2] },
        decide({ ids, hidden }) {
          if (!hidden) return undefined
          const rows = hidden.values.slice(5 * hidden.width, 7 * hidden.width).map((value) => scale * value)
          return { ...keeping(ids), replace: { ids: ids.slice(5, 7), rows } }
        },
      })
      return { result: await policy.engines.layered.query(observation, { session }), log }
    }
    const same = await run(1)
    const { width } = policy.files.manifest.model
    expect(same.log.signals.map(({ hidden }) => hidden?.values.length)).toEqual(
      [0, 1, 2, 3, 4].map((layer) => (layer === 0 || layer === 2 ? 528 * width : undefined)),
    )
    expect(same.result.chunk).toEqual(plain.chunk)
    const changed = await run(-3)
    expect(maxDifference(changed.result.chunk, plain.chunk)).toBeGreaterThan(1e-6)
  })

  it('refuses replacements that do not fit', async () => {
    const query = (ids: number[], numbers: number, hiddenLayers: number[]) => {
      const { session } = fakeSelector({
        plan: { decisionLayers: [1], hiddenLayers },
        decide: ({ layer }) =>
          layer === 1
            ? {
                ...keeping(Int32Array.of(3, 4)),
                replace: { ids: Int32Array.from(ids), rows: new Float32Array(numbers) },
              }
            : undefined,
      })
      return policy.engines.layered.query(observation, { session })
    }
    const { width } = policy.files.manifest.model
    await expect(query([3], width, [])).rejects.toThrow(/after layer 1, where the plan reads none/)
    await expect(query([3], 1, [1])).rejects.toThrow(/replaces 1 rows of \d+ with 1 numbers/)
    await expect(query([600], width, [1])).rejects.toThrow(/replaces token 600/)
  })

  it('explains inputs that do not fit', async () => {
    const { dense } = policy.engines
    const image = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) }
    const rgba = { width: 128, height: 128, data: new Uint8Array(128 * 128 * 4) }
    const { front } = observation.images
    await expect(dense.query({ ...observation, images: { front, wrist: image } })).rejects.toThrow(
      /wrist image is 64 x 64/,
    )
    await expect(dense.query({ ...observation, images: { front: rgba, wrist: front } })).rejects.toThrow(/no alpha/)
    await expect(dense.query({ ...observation, proprio: new Float32Array(3) })).rejects.toThrow(
      /3 values; the model takes \d+ \(/,
    )
    await expect(dense.query({ ...observation, instruction: 'put the banana' })).rejects.toThrow(
      /does not know “banana”. It knows: put, the/,
    )
    await expect(dense.query({ ...observation, instruction: ' ' })).rejects.toThrow(/1 to 7 words/)
  })

  it('stops between graphs when it is aborted', async () => {
    const controller = new AbortController()
    const { session, log } = fakeSelector({
      decide({ layer }) {
        if (layer === 2) controller.abort()
        return undefined
      },
    })
    const query = policy.engines.layered.query(observation, { session, signal: controller.signal })
    await expect(query).rejects.toMatchObject({ name: 'AbortError' })
    expect(log.signals).toHaveLength(3)
  })
})
