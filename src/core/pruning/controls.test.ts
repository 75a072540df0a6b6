import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLayout } from '../tokens/layout.ts'
import { budgetOfKeepShare, keepShareForBudget } from './budget.ts'
import type { SelectorSession } from './contract.ts'
import { readGolden } from './golden/readGolden.ts'
import { startMethod } from './registry.ts'
import { isTokenSet, tokenRange } from './sets.ts'
import { gridTokens } from './stratified.ts'
import { strideTokens } from './stride.ts'
import { queryInput } from './testing.ts'
import type { ViewTokens } from './views.ts'
import { createRandom } from '../random.ts'

interface GoldenControls {
  controls: { start: number; rows: number; columns: number; count: number; stride: number[]; grid: number[] }[]
  budget: { keepShare: number; removeAfter: number; layers: number; budget: number }[]
}

const golden = readGolden<GoldenControls>('metrics.json')
const layout = createLayout({
  views: [
    { view: 'front', rows: 16, columns: 16 },
    { view: 'wrist', rows: 5, columns: 4 },
  ],
  words: 4,
  queries: 8,
})
const visual = 276
const context = { layout, layers: 10, seed: 5 }

function viewOf(start: number, rows: number, columns: number): ViewTokens {
  return { view: 'front', start, rows, columns, count: rows * columns }
}

/** What a control keeps in the next query. */
function nextKeep(session: SelectorSession, layer = 2): number[] {
  session.beforeQuery(queryInput(layout, 0))
  const ids = tokenRange(0, visual)
  expect(session.afterLayer({ layer: layer + 1, ids })).toBeUndefined()
  const decision = session.afterLayer({ layer, ids })
  if (!decision) throw new Error('no decision')
  expect(isTokenSet(decision.keep)).toBe(true)
  return [...decision.keep]
}

describe('positions of the controls', () => {
  it('agree with numpy', () => {
    for (const { start, rows, columns, count, stride, grid } of golden.controls) {
      expect([...strideTokens(viewOf(start, rows, columns), count)]).toEqual(stride)
      expect([...gridTokens(viewOf(start, rows, columns), count)]).toEqual(grid)
    }
  })

  it('are exactly as many as asked for, all within the view', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.nat(), (rows, columns, seed) => {
        const view = viewOf(3, rows, columns)
        const count = 1 + (seed % view.count)
        for (const ids of [
          strideTokens(view, count),
          gridTokens(view, count),
          gridTokens(view, count, createRandom(seed)),
        ]) {
          expect(ids.length).toBe(count)
          expect(isTokenSet(ids)).toBe(true)
          expect(ids[0]).toBeGreaterThanOrEqual(3)
          expect(ids[count - 1]).toBeLessThan(3 + view.count)
        }
      }),
    )
  })
})

describe('budget', () => {
  it('agrees with numpy and inverts', () => {
    for (const { keepShare, removeAfter, layers, budget } of golden.budget) {
      expect(budgetOfKeepShare(keepShare, removeAfter, layers)).toBeCloseTo(budget, 12)
      expect(keepShareForBudget(budget, removeAfter, layers)).toBeCloseTo(keepShare, 12)
    }
  })

  it('is clamped where it cannot be reached', () => {
    expect(keepShareForBudget(0.1, 2, 10)).toBe(0)
    expect(keepShareForBudget(1, 2, 10)).toBe(1)
    expect(keepShareForBudget(0.5, 10, 10)).toBe(1)
  })
})

describe.each(['random', 'stride', 'stratified'])('control %s', (id) => {
  it('keeps its share of each view, once', () => {
    const keep = nextKeep(startMethod({ id, values: { keep: 0.3 } }, context))
    expect(keep.filter((token) => token < 256).length).toBe(77)
    expect(keep.filter((token) => token >= 256).length).toBe(6)
  })

  it('meets a budget', () => {
    const keep = nextKeep(startMethod({ id, values: { budget: 0.5 } }, context))
    expect(Math.abs((2 * visual + 8 * keep.length) / (10 * visual) - 0.5)).toBeLessThan(0.005)
  })

  it('can remove before layer 1 and keeps at least one token per view', () => {
    const session = startMethod({ id, values: { keep: 0, removeAfter: 0 } }, context)
    expect(session.plan.decisionLayers).toEqual([0])
    expect(nextKeep(session, 0).length).toBe(2)
  })

  it('keeps everything with keep 1 and needs no scores', () => {
    const session = startMethod({ id, values: { keep: 1 } }, context)
    expect(session.plan.textLayers).toEqual([])
    expect(nextKeep(session).length).toBe(visual)
  })

  it('does nothing when the removal would follow the last layer', () => {
    expect(startMethod({ id, values: { removeAfter: 10 } }, context).plan.decisionLayers).toEqual([])
  })
})

describe('random draws', () => {
  it('differ between queries, episodes and seeds, and repeat exactly', () => {
    const start = (seed: number, episode: number) => {
      const session = startMethod({ id: 'random', values: {} }, { ...context, seed })
      session.beginEpisode(episode)
      return session
    }
    const session = start(5, 0)
    const first = nextKeep(session)
    const second = nextKeep(session)
    expect(second).not.toEqual(first)
    session.beginEpisode(0)
    expect(nextKeep(session)).toEqual(first)
    expect(nextKeep(start(5, 0))).toEqual(first)
    expect(nextKeep(start(5, 1))).not.toEqual(first)
    expect(nextKeep(start(6, 0))).not.toEqual(first)
  })

  it('stay the same all episode when fixed', () => {
    const session = startMethod({ id: 'random', values: { fixed: true } }, context)
    session.beginEpisode(3)
    const first = nextKeep(session)
    expect(nextKeep(session)).toEqual(first)
    session.beginEpisode(4)
    expect(nextKeep(session)).not.toEqual(first)
  })

  it('go on alike in a fork, without touching the original', () => {
    const session = startMethod({ id: 'random', values: {} }, context)
    nextKeep(session)
    const fork = session.fork()
    const forked = nextKeep(fork)
    nextKeep(fork)
    expect(nextKeep(session)).toEqual(forked)
  })
})

it('dense decides nothing', () => {
  const session = startMethod({ id: 'dense', values: {} }, context)
  expect(session.plan).toEqual({ textLayers: [], actionLayers: [], decisionLayers: [] })
  session.beforeQuery(queryInput(layout, 0))
  expect(session.afterLayer({ layer: 2, ids: tokenRange(0, visual) })).toBeUndefined()
  expect(session.notes()).toEqual({})
})
