import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLayout, visualTokenCount } from '../tokens/layout.ts'
import { createSession, type LayerSignals, type QueryInput } from './contract.ts'
import { resolveParameters } from './registry.ts'
import { hasToken, isTokenSet, tokenRange, unionOf } from './sets.ts'
import { createSpecprune, specprune, type SpecpruneState } from './specprune.ts'
import { alphaOf } from './specpruneSetup.ts'
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
    staticLayer: fc.nat(5),
    confidence: fc.constantFrom('entropy', 'deviation', 'normalised-entropy', 'none'),
    confidenceOnce: fc.boolean(),
    dynamicRule: fc.constantFrom('lowest', 'drop-similar'),
    candidateFactor: fc.nat(4),
    budget: fc.constantFrom(0, 0, 0.1, 0.6),
    dropBase: fc.constantFrom('visual', 'all'),
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

  it('change with the presets', () => {
    const values = resolveParameters(specprune, 'paper-v1')
    expect(values).toMatchObject({ alphaRule: 'suite', confidence: 'deviation', globalLayers: [32], localTokens: 24 })
    expect(resolveParameters(specprune, 'paper-v3')).toEqual(resolveParameters(specprune))
  })
})

describe('SpecPrune of paper version 1', () => {
  it('takes alpha by suite, as its main text or its appendix prints it', () => {
    const alpha = (preset: string, suite?: string) => alphaOf(resolveParameters(specprune, preset), suite)
    const suites = ['spatial', 'goal', 'object', 'long', 'stack', undefined]
    expect(suites.map((suite) => alpha('paper-v1', suite))).toEqual([1, 0.8, 0.6, 0.6, 0.8, 0.8])
    expect(suites.map((suite) => alpha('paper-v1-appendix', suite))).toEqual([0.6, 0.8, 0.6, 1, 0.8, 0.8])
    expect(suites.map((suite) => alpha('paper-v3', suite))).toEqual([1, 1, 1, 1, 1, 1])
    const sizes = ['spatial', 'object'].map((suite) => {
      const values = resolveParameters(specprune, 'paper-v1', { localTokens: 100, minimumTokens: 1 })
      const session = specprune.start(values, { layout, layers: LAYERS, seed: 0, suite })
      runQuery(session, layout, LAYERS, queryInput(layout, 0))
      const { decisions } = runQuery(session, layout, LAYERS, queryInput(layout, 8))
      return decisions[0].decision.sets.find((set) => set.name === 'local:1')?.ids.length
    })
    expect(sizes).toEqual([12 + 6, 7 + 4])
  })
})

describe('SpecPrune of the published code', () => {
  const startCode = (overrides: Record<string, unknown> = {}) =>
    specprune.start(resolveParameters(specprune, 'reference-code', overrides), { layout, layers: 32, seed: 0 })

  it('reads action rows for itself and text rows for the next query, and only where the code does', () => {
    expect(startCode().plan).toEqual({
      textLayers: [15, 31],
      actionLayers: [1, 2, 15, 20, 25],
      decisionLayers: [1, 2, 10, 15, 20, 25],
    })
  })

  it('drops at layer 10 before any score exists: the lowest ids stay', () => {
    const session = startCode({ minimumTokens: 1, localTokens: 256 })
    runQuery(session, layout, 32, queryInput(layout, 0))
    const { decisions } = runQuery(session, layout, 32, queryInput(layout, 8))
    const first = decisions.find(({ layer }) => layer === 10)
    expect(first?.decision.keep).toEqual(first?.ids.slice(0, first.decision.keep.length))
    expect(first?.decision.score?.every((score) => score === 0)).toBe(true)
    // A tenth of ALL tokens: floor(0.9 (46 + 15)) - 15 = 39 of 46, where a tenth of 46 would leave 42.
    expect(first?.ids.length).toBe(46)
    expect(first?.decision.keep.length).toBe(39)
  })

  it('keeps fewer tokens in fine mode, the opposite of the paper', () => {
    const values = resolveParameters(specprune, 'reference-code')
    expect(values.localTokensFine).toBeLessThan(values.localTokens)
    expect(values.dynamicFineScale).toBeLessThan(1)
  })

  it('lets candidates go after layer 1', () => {
    const session = startCode({ global: false, dynamic: false, localTokens: 40 })
    const { decisions } = runQuery(session, layout, 32, queryInput(layout, 0))
    const [candidates, removal] = decisions
    // 40 of 256 are 5 of 30, 0.8 of that 2 of 16; twice as many stay for layer 2 to choose from.
    expect(candidates.decision.keep.length).toBe(2 * 5 + 2 * 2)
    expect(removal.ids).toEqual(candidates.decision.keep)
  })
})

describe('SpecPrune in one graph', () => {
  it('is left to the layered engine where the graph cannot follow', () => {
    const requestOf = (values: Record<string, unknown>) => {
      const session = start({ staticCount: 200, ...values })
      session.beforeQuery(queryInput(layout, 0))
      return session.fused?.()
    }
    expect(requestOf({})).toBeDefined()
    expect(requestOf({ staticLayer: 0 })).toBeUndefined()
    expect(requestOf({ candidateFactor: 2 })).toBeUndefined()
    expect(requestOf({ globalRows: 'action' })).toBeUndefined()
    expect(requestOf({ confidenceOnce: true })).toBeUndefined()
  })
})

describe('SpecPrune before layer 1', () => {
  it('removes by what it inherits and by pixels, and reads nothing early', () => {
    const session = start({ staticLayer: 0, layerLevel: false })
    expect(session.plan).toEqual({ textLayers: [6, 12], actionLayers: [], decisionLayers: [0] })
    expect(runQuery(session, layout, LAYERS, queryInput(layout, 0)).decisions).toEqual([])
    const { decisions } = runQuery(session, layout, LAYERS, queryInput(layout, 8))
    expect(decisions.map(({ layer }) => layer)).toEqual([0])
    expect(decisions[0].decision.sets.map(({ name }) => name)).not.toContain('local:1')
  })

  it('has no static removal with the local set alone', () => {
    const session = start({ staticLayer: 0, global: false, dynamic: false, layerLevel: false })
    expect(session.plan.decisionLayers).toEqual([])
  })
})

describe('SpecPrune at a budget', () => {
  const tokensOf = (session: ReturnType<typeof start>, layers: number) => {
    const input = (step: number) => queryInput(layout, step, { executedActions: [] })
    runQuery(session, layout, layers, input(0))
    const { decisions } = runQuery(session, layout, layers, input(8))
    return Array.from(
      { length: layers },
      (_, i) => decisions.findLast(({ layer }) => layer <= i)?.decision.keep.length ?? visual,
    )
  }

  it('meets it within a token per view, whatever else is set', () => {
    const settings = fc.record({
      budget: fc.double({ min: 0.05, max: 1, noNaN: true }),
      staticLayer: fc.nat(4),
      dropShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
      localTokens: fc.nat(256),
      globalTokens: fc.nat(256),
      dynamicTokens: fc.nat(256),
      layerLevel: fc.boolean(),
      dynamic: fc.boolean(),
      minimumTokens: fc.integer({ min: 1, max: 512 }),
    })
    fc.assert(
      fc.property(settings, fc.integer({ min: 6, max: 14 }), (values, layers) => {
        const tokens = tokensOf(start(values, layers), layers)
        const mean = tokens.reduce((sum, count) => sum + count, 0) / layers
        expect(Math.abs(mean - values.budget * visual)).toBeLessThanOrEqual(2)
      }),
      { numRuns: 40 },
    )
  })

  it('keeps everything at 100 %, and the share of each view at any', () => {
    expect(tokensOf(start({ budget: 1 }), LAYERS)).toEqual(new Array(LAYERS).fill(visual))
    const session = start({ budget: 0.3, minimumTokens: 1 })
    runQuery(session, layout, LAYERS, queryInput(layout, 0))
    const [{ decision }] = runQuery(session, layout, LAYERS, queryInput(layout, 8)).decisions
    const front = decision.keep.filter((id) => id < 30).length
    expect(Math.abs(front - (30 / 46) * decision.keep.length)).toBeLessThanOrEqual(1)
  })

  it('moves the removal forward only when too few tokens would be left', () => {
    const removalAt = (budget: number) => start({ budget, layerLevel: false }).plan.decisionLayers[0]
    expect([0.4, 0.25, 0.18, 0.08].map(removalAt)).toEqual([2, 1, 1, 0])
    const local = { budget: 0.08, layerLevel: false, global: false, dynamic: false }
    expect(start(local).plan.decisionLayers).toEqual([1])
  })

  it('follows the scores, wherever tokens stand: permuted scores keep permuted tokens', () => {
    const values = { budget: 0.5, global: false, dynamic: false, layerLevel: false }
    const scores = Float32Array.from({ length: visual }, (_, id) => ((id * 17) % 47) / 64)
    // Within each view: 7 is prime to 30, 5 to 16.
    const permute = (id: number) => (id < 30 ? (id * 7) % 30 : 30 + (((id - 30) * 5) % 16))
    const permuted = new Float32Array(visual)
    scores.forEach((score, id) => (permuted[permute(id)] = score))
    const keepOf = (all: Float32Array) => [
      ...runQuery(start(values), layout, LAYERS, queryInput(layout, 0), () => all).survivors,
    ]
    expect(keepOf(permuted)).toEqual(
      keepOf(scores)
        .map(permute)
        .sort((a, b) => a - b),
    )
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
