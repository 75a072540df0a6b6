import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLayout, visualTokenCount } from '../tokens/layout.ts'
import { createSession, type LayerSignals, type QueryInput } from './contract.ts'
import { resolveParameters } from './registry.ts'
import { hasToken, isTokenSet, tokenRange, unionOf } from './sets.ts'
import { createSpecprune, specprune, type SpecpruneState } from './specprune.ts'
import { executed, noiseScores, queryInput, runQuery } from './testing.ts'

const layout = createLayout({
  views: [
    { view: 'front', rows: 6, columns: 5 },
    { view: 'wrist', rows: 4, columns: 4 },
  ],
  words: 6,
  queries: 8,
})
const visual = visualTokenCount(layout)
const LAYERS = 12

function start(overrides: Record<string, unknown> = {}, layers = LAYERS) {
  return specprune.start(resolveParameters(specprune, 'paper-v3', overrides), { layout, layers, seed: 0 })
}

const slow = [0, 0, -0.1, 0, 0, 0, 1]
const fast = [1, 0, 0, 0, 0, 0, 1]

describe('SpecPrune over an episode', () => {
  it('runs the first query dense and prunes the second', () => {
    const session = start()
    expect(runQuery(session, layout, LAYERS, queryInput(layout, 0)).decisions).toEqual([])
    expect(session.notes()).toMatchObject({ warmUp: true, lookBackSteps: undefined, gateProvenance: undefined })
    const { decisions, survivors } = runQuery(session, layout, LAYERS, queryInput(layout, 8))
    expect(decisions.map(({ layer }) => layer)).toEqual([2, 4, 6, 8])
    expect(survivors.length).toBeLessThan(visual)
    expect(session.notes()).toMatchObject({ warmUp: false, lookBackSteps: 8, speed: 0, gateProvenance: 'dense' })
    runQuery(session, layout, LAYERS, queryInput(layout, 16))
    expect(session.notes()).toMatchObject({ lookBackSteps: 11, gateProvenance: 'pruned' })
  })

  it('forgets at a new episode and at a new instruction', () => {
    const session = start()
    const isDense = (step: number, instruction?: string) =>
      runQuery(session, layout, LAYERS, queryInput(layout, step, { instruction })).decisions.length === 0
    expect(isDense(0)).toBe(true)
    expect(isDense(8)).toBe(false)
    session.afterStep(executed(slow, 7))
    expect(session.notes().mode).toBe('fine')
    expect(isDense(16, 'open the drawer')).toBe(true)
    expect(session.notes().mode).toBe('coarse')
    expect(isDense(20, 'open the drawer')).toBe(false)
    expect(session.notes().lookBackSteps).toBe(4)
    session.beginEpisode()
    expect(isDense(0, 'open the drawer')).toBe(true)
  })

  it('keeps more local tokens in fine mode and replans once', () => {
    const counts = [fast, slow].map((action) => {
      const session = start()
      runQuery(session, layout, LAYERS, queryInput(layout, 0))
      const { replan } = session.afterStep(executed(action, 5))
      expect(replan).toBe(action === slow)
      expect(session.afterStep(executed(action, 4)).replan).toBe(false)
      const { decisions } = runQuery(session, layout, LAYERS, queryInput(layout, 8))
      return decisions[0].decision.sets.find((set) => set.name === 'local:1')?.ids.length ?? 0
    })
    expect(counts).toEqual([3 + 2, 5 + 3])
  })

  it('does not replan or change mode when that is switched off', () => {
    const still = start({ replan: false })
    expect(still.afterStep(executed(slow, 5)).replan).toBe(false)
    expect(still.notes().mode).toBe('fine')
    const without = start({ controller: false })
    expect(without.afterStep(executed(slow, 5)).replan).toBe(false)
    expect(without.notes().mode).toBeUndefined()
  })

  it('stays dense without any earlier frame, however old the episode', () => {
    const session = start()
    runQuery(session, layout, LAYERS, queryInput(layout, 0))
    const blind = { ...queryInput(layout, 8), imagesAt: () => undefined }
    expect(runQuery(session, layout, LAYERS, blind).decisions).toEqual([])
    expect(session.notes().warmUp).toBe(true)
  })

  it('prunes at once when no part needs history', () => {
    const session = start({ global: false, dynamic: false })
    expect(runQuery(session, layout, LAYERS, queryInput(layout, 0)).decisions[0].layer).toBe(2)
    expect(session.notes()).toMatchObject({ warmUp: false, speed: undefined, lookBackSteps: undefined })
  })

  it('keeps all tokens after layer 2 when all sets are off, and everything when the layer level is off too', () => {
    const stages = runQuery(
      start({ global: false, dynamic: false, local: false }),
      layout,
      LAYERS,
      queryInput(layout, 0),
    )
    expect(stages.decisions.map(({ layer }) => layer)).toEqual([4, 6, 8])
    const nothing = start({ global: false, dynamic: false, local: false, layerLevel: false })
    expect(nothing.plan).toEqual({ textLayers: [], actionLayers: [], decisionLayers: [] })
  })

  it('reads scores only where its parts need them', () => {
    expect(start().plan).toEqual({
      textLayers: [1, 2, 3, 4, 5, 6, 7, 8, 12],
      actionLayers: [],
      decisionLayers: [2, 4, 6, 8],
    })
    expect(start({}, 10).plan.decisionLayers).toEqual([2, 3, 5, 6])
    expect(start({ layerLevel: false, scoreRows: 'action' }).plan).toEqual({
      textLayers: [],
      actionLayers: [1, 2, 6, 12],
      decisionLayers: [2],
    })
    expect(start({ local: false, global: false, layerLevel: false }).plan.textLayers).toEqual([2])
    expect(start({}, 2).plan.decisionLayers).toEqual([])
  })

  it('says what is missing', () => {
    const session = start()
    const signals = { layer: 1, ids: tokenRange(0, visual) }
    expect(() => session.afterLayer(signals)).toThrow('without beforeQuery')
    session.beforeQuery(queryInput(layout, 0))
    expect(() => session.afterLayer(signals)).toThrow('text scores after layer 1')
  })
})

describe('SpecPrune decisions', () => {
  const settings = fc.record({
    localTokens: fc.nat(256),
    globalTokens: fc.nat(256),
    dynamicTokens: fc.nat(256),
    globalCombine: fc.constantFrom('shared', 'each'),
    minimumTokens: fc.integer({ min: 1, max: 512 }),
    dropShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
    global: fc.boolean(),
    dynamic: fc.boolean(),
    local: fc.boolean(),
    staticLayer: fc.integer({ min: 1, max: 5 }),
    confidence: fc.constantFrom('entropy', 'deviation', 'none'),
    rankSlope: fc.double({ min: 0, max: 2, noNaN: true }),
  })

  it('keep ascending subsets that are exactly the union of their sets, never nothing', () => {
    fc.assert(
      fc.property(settings, fc.constantFrom(3, 1000), fc.integer({ min: 1, max: 14 }), (values, levels, layers) => {
        const session = start(values, layers)
        const scoresAt = (layer: number) => noiseScores(visual, layer, levels)
        for (const step of [0, 6, 12]) {
          for (const { ids, decision } of runQuery(session, layout, layers, queryInput(layout, step), scoresAt)
            .decisions) {
            expect(isTokenSet(decision.keep)).toBe(true)
            expect(decision.keep.every((id) => hasToken(ids, id))).toBe(true)
            expect(unionOf(...decision.sets.map((set) => set.ids))).toEqual(decision.keep)
            expect(decision.keep.length).toBeGreaterThan(0)
            expect(decision.score?.length).toBe(ids.length)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('drop a tenth per stage, down to the minimum', () => {
    const session = start({ localTokens: 256, minimumTokens: 400 })
    runQuery(session, layout, LAYERS, queryInput(layout, 0))
    const { decisions } = runQuery(session, layout, LAYERS, queryInput(layout, 8))
    // 46 tokens; 400 of 512 are 36 of them.
    expect(decisions.map(({ decision }) => decision.keep.length)).toEqual([46, 42, 38, 36])
  })

  it('go on with a single token', () => {
    const one = createLayout({ views: [{ view: 'front', rows: 1, columns: 1 }], words: 1, queries: 8 })
    const images = { width: 2, height: 2, data: new Uint8Array(12) }
    const input = (step: number): QueryInput => ({
      step,
      observation: { images: { front: images, wrist: images }, proprio: new Float32Array(), instruction: 'a' },
      imagesAt: () => ({ front: images, wrist: images }),
      executedActions: [],
    })
    const session = specprune.start(resolveParameters(specprune), { layout: one, layers: LAYERS, seed: 0 })
    runQuery(session, one, LAYERS, input(0))
    const { decisions, survivors } = runQuery(session, one, LAYERS, input(5))
    expect(decisions.length).toBe(4)
    expect([...survivors]).toEqual([0])
  })

  it('survive attention that is zero everywhere', () => {
    const session = start()
    const zero = () => new Float32Array(visual)
    runQuery(session, layout, LAYERS, queryInput(layout, 0), zero)
    const { decisions } = runQuery(session, layout, LAYERS, queryInput(layout, 8), zero)
    expect(decisions.every(({ decision }) => decision.keep.length > 0)).toBe(true)
  })

  it('change with the preset of version 1: 0.8 of the local tokens', () => {
    const values = resolveParameters(specprune, 'paper-v1')
    expect(values).toMatchObject({ alpha: 0.8, confidence: 'deviation', globalLayers: [32], localTokens: 24 })
    expect(resolveParameters(specprune, 'paper-v3')).toEqual(resolveParameters(specprune))
  })
})

describe('SpecPrune as a pure function', () => {
  it('forks into independent sessions', () => {
    const session = start()
    runQuery(session, layout, LAYERS, queryInput(layout, 0))
    const fork = session.fork()
    runQuery(fork, layout, LAYERS, queryInput(layout, 8))
    fork.afterStep(executed(slow, 3))
    expect(session.notes()).toMatchObject({ warmUp: true, mode: 'coarse' })
    const again = runQuery(session.fork(), layout, LAYERS, queryInput(layout, 8))
    expect(runQuery(session, layout, LAYERS, queryInput(layout, 8))).toEqual(again)
  })

  it('never changes a state that it was given', () => {
    const selector = createSpecprune(resolveParameters(specprune), { layout, layers: LAYERS, seed: 0 })
    const session = createSession({
      ...selector,
      beforeQuery: (state, input) => unchanged(state, () => selector.beforeQuery(state, input)),
      afterLayer: (state, signals: LayerSignals) => unchanged(state, () => selector.afterLayer(state, signals)),
      afterQuery: (state, summary) => unchanged(state, () => selector.afterQuery(state, summary)),
      afterStep: (state, step) => unchanged(state, () => selector.afterStep(state, step)),
    })
    for (const step of [0, 4, 8]) {
      runQuery(session, layout, LAYERS, queryInput(layout, step))
      session.afterStep(executed(slow, 2))
    }
  })
})

/** Freezes a state's objects and checks that its arrays (which cannot be frozen) stay as they are. */
function unchanged<T>(state: SpecpruneState, run: () => T): T {
  const before = structuredClone(state)
  deepFreeze(state)
  const result = run()
  expect(state).toEqual(before)
  return result
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  Object.freeze(value)
  Object.values(value).forEach(deepFreeze)
}
