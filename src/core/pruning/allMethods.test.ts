import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, shuffled, type Random } from '../random.ts'
import type { RgbImage, ViewId } from '../schema/observation.ts'
import { createLayout, visualSegments, visualTokenCount, type TokenLayout } from '../tokens/layout.ts'
import type { KeepDecision, LayerSignals, SelectorDefinition, SelectorSession } from './contract.ts'
import { describeParameters, type ParameterValue } from './parameters.ts'
import { resolveParameters, selectorRegistry } from './registry.ts'
import { hasToken, isTokenSet, tokenRange, toTokenSet, unionOf, type TokenSet } from './sets.ts'

/** What must hold for every method of the registry, whatever it computes. */

const LAYERS = 12
const WIDTH = 16
const PATCH = 2
const QUERIES = 4
const GAP = 4

/** Methods that look at where a token lies, so that exchanging tokens changes more than their names. */
const POSITIONAL: Readonly<Record<string, string>> = {
  random: 'draws places',
  stride: 'chooses places',
  stratified: 'chooses places',
  'oracle-relevance': 'chooses places',
  tome: 'matches even with odd places',
  'team-vla': 'keeps neighbours',
  'vla-iap-style': 'sees edges across patches',
}

/** Settings without which a tie between tokens is broken by their place. */
const WITHOUT_TIES: Readonly<Record<string, Values>> = {
  // Of two tokens in a cluster both are equally dense.
  sparsevlm: { recycle: false },
  // Patches that have not changed at all are equally static.
  'vla-cache': { budget: 0, staticTokens: 256 },
}

/** Presets in which ids decide where nothing else does, so that exchanging tokens changes more than their names. */
const DECIDED_BY_TIES: ReadonlySet<string | undefined> = new Set(['reference-code'])

type Values = Readonly<Record<string, ParameterValue>>

function layoutOf(front: [number, number], wrist: [number, number]): TokenLayout {
  const views = [
    { view: 'front', rows: front[0], columns: front[1] },
    { view: 'wrist', rows: wrist[0], columns: wrist[1] },
  ] as const
  return createLayout({ views, words: 4, queries: 8 })
}

const UNEQUAL = layoutOf([5, 6], [3, 4])

/** A world in which everything about a token follows from its label. */
interface World {
  layout: TokenLayout
  labels: Int32Array
  /** With 0 all tokens of a view are alike. */
  variety: number
}

function plainWorld(layout: TokenLayout, variety = 1): World {
  return { layout, labels: tokenRange(0, visualTokenCount(layout)), variety }
}

function noise(...seeds: number[]): Random {
  return createRandom(seeds.reduce((mixed, seed) => Math.imul(mixed ^ (seed + 1), 0x01000193), 0x811c9dc5))
}

function labelOf({ labels, variety }: World, id: number): number {
  return variety === 0 ? 0 : id < labels.length ? labels[id] : id
}

function scoresOf(world: World, ids: TokenSet, query: number, layer: number, rows: number): Float32Array {
  return Float32Array.from(ids, (id) => 0.01 * noise(query, layer, rows, labelOf(world, id))())
}

function hiddenOf(world: World, ids: TokenSet, query: number, layer: number): Float32Array {
  const { layout } = world
  const visual = visualTokenCount(layout)
  const rows = [...ids, ...tokenRange(visual, layout.length - visual)]
  return Float32Array.from(
    rows.flatMap((id) => {
      // A token changes little from one query to the next, as in a real episode.
      const base = noise(layer, labelOf(world, id))
      const change = noise(query, layer, labelOf(world, id), 5)
      return Array.from({ length: WIDTH }, () => 2 * base() - 1 + 0.3 * change())
    }),
  )
}

function imagesOf(world: World, step: number): Record<ViewId, RgbImage> {
  const images = visualSegments(world.layout).map(({ view, rows, columns, start }) => {
    const width = columns * PATCH
    const data = new Uint8Array(width * rows * PATCH * 3)
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / 3)
      const [x, y] = [pixel % width, Math.floor(pixel / width)]
      const label = labelOf(world, start + Math.floor(y / PATCH) * columns + Math.floor(x / PATCH))
      const moment = Math.floor((step + label) / 9)
      data[i] = 256 * noise(label, moment, x % PATCH, y % PATCH, i % 3)()
    }
    return [view, { width, height: rows * PATCH, data }]
  })
  return Object.fromEntries(images) as Record<ViewId, RgbImage>
}

interface Decided {
  query: number
  layer: number
  ids: TokenSet
  decision: KeepDecision
}

const NONE: TokenSet = new Int32Array()

/** @param reused tokens that take part as cached keys and values only */
function signalsOf(
  world: World,
  { plan }: SelectorSession,
  ids: TokenSet,
  query: number,
  layer: number,
  reused = NONE,
): LayerSignals {
  const signals: LayerSignals = { layer, ids }
  // What is computed in one query can be reused in the next.
  if (plan.reuses && query > 0) signals.cached = tokenRange(0, visualTokenCount(world.layout))
  if (reused.length > 0) signals.reused = { ids: reused, text: scoresOf(world, reused, query, layer, 0) }
  if (plan.textLayers.includes(layer)) signals.text = scoresOf(world, ids, query, layer, 0)
  if (plan.actionLayers.includes(layer)) signals.action = scoresOf(world, ids, query, layer, 1)
  if (plan.hiddenLayers?.includes(layer)) {
    signals.hidden = { values: hiddenOf(world, ids, query, layer), width: WIDTH }
  }
  return signals
}

function relevanceOf(world: World): Record<ViewId, Uint8Array> {
  const masks = visualSegments(world.layout).map(({ view, rows, columns, start }) => {
    const bits = Array.from({ length: rows * columns }, (_, i) => 16 * noise(labelOf(world, start + i), 3)())
    return [view, Uint8Array.from(bits)]
  })
  return Object.fromEntries(masks) as Record<ViewId, Uint8Array>
}

/** A forward that keeps every token, if the method asks for it at this moment. */
function passDense(world: World, session: SelectorSession, query: number, moment: 'before' | 'after'): void {
  const pass = session.plan.densePass
  if (pass?.moment !== moment) return
  const ids = tokenRange(0, visualTokenCount(world.layout))
  const reading = { ...session, plan: { ...session.plan, ...pass } }
  session.afterDense?.(Array.from({ length: LAYERS + 1 }, (_, layer) => signalsOf(world, reading, ids, query, layer)))
}

function beginQuery(world: World, session: SelectorSession, query: number): void {
  const step = query * GAP
  session.beforeQuery({
    step,
    observation: {
      images: imagesOf(world, step),
      proprio: new Float32Array(8),
      instruction: 'lift the cube',
      relevance: relevanceOf(world),
    },
    imagesAt: (back) => (back <= step ? imagesOf(world, step - back) : undefined),
    executedActions: query === 0 ? [] : Array.from({ length: GAP }, (_, i) => actionOf(query - 1, i)),
  })
  passDense(world, session, query, 'before')
}

function actionOf(query: number, i: number): Float32Array {
  const random = noise(query, i, 99)
  return Float32Array.from({ length: 7 }, () => random() - 0.5)
}

function runOne(world: World, session: SelectorSession, query: number): Decided[] {
  const decided: Decided[] = []
  beginQuery(world, session, query)
  let ids: TokenSet = world.labels.map((_, id) => id)
  let reused = NONE
  for (let layer = 0; layer <= LAYERS; layer++) {
    const decision = session.afterLayer(signalsOf(world, session, ids, query, layer, reused))
    if (!decision) continue
    decided.push({ query, layer, ids, decision })
    if (decision.reuse) reused = unionOf(reused, decision.reuse)
    if (layer < LAYERS) ids = decision.keep
  }
  if (decided.length > 0) passDense(world, session, query, 'after')
  session.afterQuery({ chunk: new Float32Array(56), survivors: ids })
  for (let i = 0; i < GAP; i++) session.afterStep({ action: actionOf(query, i), remaining: GAP - 1 - i })
  return decided
}

function runEpisode(world: World, session: SelectorSession, queries = QUERIES): Decided[] {
  return Array.from({ length: queries }, (_, query) => runOne(world, session, query)).flat()
}

function start(definition: SelectorDefinition, world: World, preset?: string, values: Values = {}): SelectorSession {
  const complete = resolveParameters(definition, preset, values)
  const { layout } = world
  const positions = { values: new Float32Array(visualTokenCount(layout) * WIDTH), width: WIDTH }
  const session = definition.start(complete, { layout, layers: LAYERS, seed: 3, positions })
  session.beginEpisode(0)
  return session
}

/** Kept ids and replaced rows as plain data, for comparison. */
function plain(decided: readonly Decided[]): unknown {
  return decided.map(({ query, layer, decision: { keep, reuse, sets, replace } }) => ({
    query,
    layer,
    keep: [...keep],
    reuse: reuse && [...reuse],
    sets: sets.map(({ name, ids }) => [name, ...ids]),
    replace: replace && { ids: [...replace.ids], rows: [...replace.rows] },
  }))
}

function has(definition: SelectorDefinition, name: string): boolean {
  return describeParameters(definition.parameters).some((parameter) => parameter.name === name)
}

/** Every preset, every choice and switch, and some budgets. */
function settingsOf(definition: SelectorDefinition): { preset?: string; values: Values }[] {
  const single = describeParameters(definition.parameters).flatMap((parameter): Values[] => {
    if (parameter.kind === 'choice') return parameter.options.map((option) => ({ [parameter.name]: option }))
    if (parameter.kind === 'boolean') return [{ [parameter.name]: !parameter.default }]
    return []
  })
  const budgets = has(definition, 'budget') ? [0.02, 0.08, 0.25, 0.6].map((budget) => ({ budget })) : []
  return [
    { values: {} },
    ...definition.presets.map(({ id }) => ({ preset: id, values: {} })),
    ...[...single, ...budgets].map((values) => ({ values })),
  ]
}

function expectSound({ ids, decision }: Decided): void {
  const { keep, reuse, sets, replace, score } = decision
  expect(keep.length).toBeGreaterThan(0)
  expect(isTokenSet(keep)).toBe(true)
  expect(keep.every((id) => hasToken(ids, id))).toBe(true)
  for (const set of sets) expect(isTokenSet(set.ids)).toBe(true)
  expect([...unionOf(...sets.map((set) => set.ids))]).toEqual([...keep])
  if (score) expect(score.length).toBe(ids.length)
  if (reuse) {
    expect(isTokenSet(reuse)).toBe(true)
    expect(reuse.every((id) => hasToken(ids, id) && !hasToken(keep, id))).toBe(true)
  }
  if (!replace) return
  expect(isTokenSet(replace.ids)).toBe(true)
  expect(replace.ids.every((id) => hasToken(keep, id))).toBe(true)
  expect(replace.rows.length).toBe(replace.ids.length * WIDTH)
  expect(replace.rows.every(Number.isFinite)).toBe(true)
}

const METHODS = selectorRegistry.map((definition) => [definition.id, definition] as const)

describe.each(METHODS)('%s', (id, definition) => {
  it('keeps ascending subsets that are the union of their sets, at any setting, on views of any size', () => {
    const side = fc.integer({ min: 1, max: 5 })
    const layouts = fc.tuple(fc.tuple(side, side), fc.tuple(side, side)).map(([a, b]) => layoutOf(a, b))
    const settings = fc.constantFrom(...settingsOf(definition))
    fc.assert(
      fc.property(layouts, settings, (layout, { preset, values }) => {
        runEpisode(plainWorld(layout), start(definition, plainWorld(layout), preset, values)).forEach(expectSound)
      }),
      { numRuns: 25, examples: settingsOf(definition).map((setting) => [UNEQUAL, setting]) },
    )
  })

  it.runIf(has(definition, 'budget'))('removes nothing and changes no row at a budget of 1', () => {
    for (const layout of [UNEQUAL, layoutOf([1, 1], [2, 1])]) {
      const decided = runEpisode(plainWorld(layout), start(definition, plainWorld(layout), undefined, { budget: 1 }))
      for (const { ids, decision } of decided) {
        expect([...decision.keep]).toEqual([...ids])
        expect(decision.replace).toBeUndefined()
      }
    }
  })

  it.runIf(has(definition, 'budget'))('keeps at least one token at the smallest budget', () => {
    const decided = runEpisode(plainWorld(UNEQUAL), start(definition, plainWorld(UNEQUAL), undefined, { budget: 0.01 }))
    expect(decided.length).toBeGreaterThan(0)
    for (const { decision } of decided) expect(decision.keep.length).toBeGreaterThan(0)
  })

  it('decides alike twice, also when all tokens are alike', () => {
    for (const world of [plainWorld(UNEQUAL), plainWorld(UNEQUAL, 0)]) {
      const [first, second] = [1, 2].map(() => plain(runEpisode(world, start(definition, world))))
      expect(second).toEqual(first)
    }
  })

  it('remembers nothing when a new episode begins', () => {
    const world = plainWorld(UNEQUAL)
    const session = start(definition, world)
    const first = plain(runEpisode(world, session))
    session.beginEpisode(0)
    expect(plain(runEpisode(world, session))).toEqual(first)
  })

  it('goes on alike in a fork, which leaves the original alone', () => {
    const world = plainWorld(UNEQUAL)
    const session = start(definition, world)
    runEpisode(world, session, 2)
    const forked = plain(runOne(world, session.fork(), 2))
    expect(plain(runOne(world, session, 2))).toEqual(forked)
  })

  it.runIf(POSITIONAL[id] === undefined)('keeps the same tokens when they change places within their views', () => {
    const names = (world: World, decided: readonly Decided[]): unknown =>
      decided.map(({ decision }) => [...toTokenSet([...decision.keep].map((token) => world.labels[token]))])
    const straight = plainWorld(UNEQUAL)
    const random = createRandom(11)
    const labels = visualSegments(UNEQUAL).flatMap(({ start: first, rows, columns }) =>
      shuffled(random, [...tokenRange(first, rows * columns)]),
    )
    const mixed: World = { ...straight, labels: Int32Array.from(labels) }
    for (const { preset, values: varied } of settingsOf(definition)) {
      if (DECIDED_BY_TIES.has(preset)) continue
      const values = { ...varied, ...WITHOUT_TIES[id] }
      const expected = names(straight, runEpisode(straight, start(definition, straight, preset, values)))
      expect(names(mixed, runEpisode(mixed, start(definition, mixed, preset, values)))).toEqual(expected)
    }
  })
})
