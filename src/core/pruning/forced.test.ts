import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLayout, visualTokenCount } from '../tokens/layout.ts'
import { FORCED_SET, forceTokens } from './forced.ts'
import { formatForced, isForcedText, parseForced, type ForcedTokens } from './forcedText.ts'
import { selectorRegistry, startMethod } from './registry.ts'
import { differenceOf, hasToken, intersectionOf, isTokenSet, toTokenSet, unionOf } from './sets.ts'
import { queryInput, runQuery } from './testing.ts'

const layout = createLayout({
  views: [
    { view: 'front', rows: 4, columns: 4 },
    { view: 'wrist', rows: 4, columns: 4 },
  ],
  words: 3,
  queries: 4,
})
const visual = visualTokenCount(layout)
const context = { layout, layers: 10, seed: 3 }

const forcedTokens: fc.Arbitrary<ForcedTokens> = fc
  .array(fc.constantFrom('N', 'N', 'K', 'D'), { minLength: visual, maxLength: visual })
  .map((letters) => {
    const idsOf = (letter: string) => toTokenSet([...letters.keys()].filter((id) => letters[id] === letter))
    return { keep: idsOf('K'), drop: idsOf('D') }
  })

describe('forced tokens as text', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(forcedTokens, (forced) => {
        const text = formatForced(forced)
        expect(parseForced(text)).toEqual(forced)
        expect(text === '' || isForcedText(text)).toBe(true)
      }),
    )
  })

  it('are short for a rectangle and empty for nothing', () => {
    const rectangle = toTokenSet([4, 5, 6, 7].flatMap((row) => [3, 4, 5, 6].map((column) => row * 16 + column)))
    expect(formatForced({ keep: rectangle, drop: new Int32Array() })).toBe('N1vK4NcK4NcK4NcK4')
    expect(formatForced({ keep: new Int32Array(), drop: new Int32Array() })).toBe('')
  })

  it.each(['X3', 'K3-', '3K', 'Kzzzz', 'Kzzz'.repeat(3)])('refuses %s', (text) => {
    expect(isForcedText(text)).toBe(false)
    expect(() => parseForced(text)).toThrow('does not name forced tokens')
  })
})

/** Three queries of a method, so that those with memory have some. */
function queries(session: ReturnType<typeof startMethod>) {
  session.beginEpisode()
  return [0, 8, 16].map((step) => runQuery(session, layout, context.layers, queryInput(layout, step)))
}

describe.each(selectorRegistry.map(({ id }) => id))('%s with forced tokens', (id) => {
  const start = () => startMethod({ id, values: {} }, context)

  it('takes decisions that an engine can carry out: ascending subsets, the union of their sets', () => {
    fc.assert(
      fc.property(forcedTokens, (forced) => {
        for (const { decisions } of queries(forceTokens(start(), forced, context.layers))) {
          for (const { ids, decision } of decisions) {
            expect(isTokenSet(decision.keep)).toBe(true)
            expect(decision.keep.length).toBeGreaterThan(0)
            expect(differenceOf(decision.keep, ids)).toHaveLength(0)
            expect(unionOf(...decision.sets.map((set) => set.ids))).toEqual(decision.keep)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('keeps what must stay to the end and loses what must go', () => {
    fc.assert(
      fc.property(forcedTokens, ({ keep, drop }) => {
        fc.pre(keep.length > 0)
        for (const { survivors } of queries(forceTokens(start(), { keep, drop }, context.layers))) {
          expect(intersectionOf(keep, survivors)).toEqual(keep)
          expect(intersectionOf(drop, survivors)).toHaveLength(0)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is the method itself where nothing is forced', () => {
    const nothing = { keep: new Int32Array(), drop: new Int32Array() }
    expect(queries(forceTokens(start(), nothing, context.layers))).toEqual(queries(start()))
  })

  it('forks into sessions that do not share anything', () => {
    const session = forceTokens(start(), { keep: Int32Array.of(1), drop: Int32Array.of(2, 3) }, context.layers)
    session.beginEpisode()
    const copy = session.fork()
    const run = (one: typeof session) => runQuery(one, layout, context.layers, queryInput(layout, 0)).survivors
    expect(run(copy)).toEqual(run(session))
  })
})

describe('forceTokens', () => {
  it('names what only the brush keeps', () => {
    const session = startMethod({ id: 'random', values: { keep: 0.25 } }, context)
    const [{ decisions }] = queries(
      forceTokens(session, { keep: toTokenSet([0, 1, 2, 3, 4, 5]), drop: new Int32Array() }, 10),
    )
    const forced = decisions[0].decision.sets.find(({ name }) => name === FORCED_SET)
    const own = decisions[0].decision.sets[0]
    expect(forced?.ids.length).toBeGreaterThan(0)
    expect(intersectionOf(own.ids, forced?.ids ?? new Int32Array())).toHaveLength(0)
  })

  it('does not drop the last token', () => {
    const everything = { keep: new Int32Array(), drop: Int32Array.from({ length: visual }, (_, id) => id) }
    for (const { survivors } of queries(
      forceTokens(startMethod({ id: 'dense', values: {} }, context), everything, 10),
    )) {
      expect(survivors).toHaveLength(visual)
    }
  })

  it('lets keep win where a token is in both', () => {
    const both = { keep: Int32Array.of(7), drop: Int32Array.of(7, 8) }
    const [{ survivors }] = queries(forceTokens(startMethod({ id: 'dense', values: {} }, context), both, 10))
    expect([hasToken(survivors, 7), hasToken(survivors, 8)]).toEqual([true, false])
  })
})
