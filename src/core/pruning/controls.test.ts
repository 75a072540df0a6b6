import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLayout } from '../tokens/layout.ts'
import { budgetOfKeepShare, keepShareForBudget, removalForBudget } from './budget.ts'
import type { SelectorSession } from './contract.ts'
import { readGolden } from './golden/readGolden.ts'
import { relevanceOrder } from './oracleRelevance.ts'
import { startMethod } from './registry.ts'
import { isTokenSet, tokenRange } from './sets.ts'
import { gridTokens } from './stratified.ts'
import { strideTokens } from './stride.ts'
import { queryInput } from './testing.ts'
import type { ViewTokens } from './views.ts'
import { createRandom } from '../random.ts'

interface GoldenControls {
  controls: { start: number; rows: number; columns: number; count: number; stride: number[]; grid: number[] }[]
  relevance: { rows: number; columns: number; mask: number[]; order: number[] }[]
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

  it('moves a removal forward when too little would be left behind it, and is met there', () => {
    expect(removalForBudget(0.5, 2, 10)).toEqual({ layer: 2, share: keepShareForBudget(0.5, 2, 10) })
    expect(removalForBudget(0.25, 2, 10).layer).toBe(1)
    expect(removalForBudget(0.08, 2, 10)).toEqual({ layer: 0, share: 0.08 })
    expect(removalForBudget(0.08, 2, 10, 1)).toEqual({ layer: 1, share: 0 })
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.nat(6), (budget, after) => {
        const { layer, share } = removalForBudget(budget, after, 12)
        expect(budgetOfKeepShare(share, layer, 12)).toBeCloseTo(budget, 9)
        if (layer > 0) expect(share).toBeGreaterThanOrEqual(budget / 2)
      }),
    )
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

describe('oracle by relevance', () => {
  it.each(golden.relevance)('orders patches as numpy: $rows x $columns', ({ rows, columns, mask, order }) => {
    expect(relevanceOrder(Uint8Array.from(mask), { rows, columns })).toEqual(order)
  })

  const seen = (relevance?: Record<'front' | 'wrist', Uint8Array>) => {
    const { observation, ...input } = queryInput(layout, 0)
    const { images, proprio, instruction } = observation
    return { ...input, observation: { images, proprio, instruction, ...(relevance && { relevance }) } }
  }
  const keepOf = (values: Record<string, boolean | number>) => {
    const front = new Uint8Array(256)
    front.fill(1, 100, 104).fill(2, 3, 9).fill(4, 200, 202)
    const session = startMethod({ id: 'oracle-relevance', values }, context)
    session.beforeQuery(seen({ front, wrist: new Uint8Array(20) }))
    return [...(session.afterLayer({ layer: 2, ids: tokenRange(0, visual) })?.keep ?? [])]
  }

  it('keeps target, gripper and destination in turn, and nothing of them when reversed', () => {
    const keep = keepOf({ keep: 6 / 256 })
    expect(keep.filter((id) => id < 256)).toEqual([5, 6, 101, 102, 200, 201])
    const worst = keepOf({ keep: 0.9, reverse: true })
    for (const id of [100, 101, 102, 103, 3, 8, 200, 201]) expect(worst).not.toContain(id)
    expect(keepOf({ keep: 1, reverse: true }).length).toBe(visual)
  })

  it('says what is missing where nobody knows the masks', () => {
    const session = startMethod({ id: 'oracle-relevance', values: {} }, context)
    session.beforeQuery(seen())
    expect(() => session.afterLayer({ layer: 2, ids: tokenRange(0, visual) })).toThrow('masks of the simulator')
  })
})

describe('oracle by dense attention', () => {
  const ids = tokenRange(0, visual)
  const keepOf = (values: Record<string, boolean | number | string>) => {
    const session = startMethod({ id: 'oracle-attention', values }, context)
    session.beforeQuery(queryInput(layout, 0))
    const rows = Float32Array.from(ids, (id) => (id * 37) % visual)
    session.afterDense?.(Array.from({ length: 11 }, (_, layer) => ({ layer, ids, text: rows, action: rows })))
    return session.afterLayer({ layer: session.plan.decisionLayers[0], ids })?.keep ?? ids
  }

  it('keeps the best or the worst tokens of the deep layer, of both views together', () => {
    const rank = (id: number) => (id * 37) % visual
    const count = keepOf({ keep: 0.1 }).length
    expect(count).toBe(26 + 2)
    expect(keepOf({ keep: 0.1 }).every((id) => rank(id) >= visual - count)).toBe(true)
    expect(keepOf({ keep: 0.1, reverse: true, removeAfter: 0 }).every((id) => rank(id) < count)).toBe(true)
    expect(keepOf({ keep: 0.1, perView: true }).filter((id) => id >= 256).length).toBe(2)
    expect(keepOf({ keep: 1, reverse: true }).length).toBe(visual)
  })

  it('asks for a dense pass ahead of the query, and does not go on without it', () => {
    const session = startMethod({ id: 'oracle-attention', values: { scoreRows: 'action', layer: 16 } }, context)
    expect(session.plan.densePass).toEqual({ moment: 'before', textLayers: [], actionLayers: [5] })
    session.beforeQuery(queryInput(layout, 0))
    expect(() => session.afterLayer({ layer: 2, ids })).toThrow('before its dense pass')
    expect(startMethod({ id: 'oracle-attention', values: { removeAfter: 10 } }, context).plan.densePass).toBeUndefined()
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
