import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceOf, hasToken, intersectionOf, isTokenSet, toTokenSet, tokenRange, unionOf } from './sets.ts'
import { orderByScore, ranksByScore, topK } from './topk.ts'

const ids = fc.array(fc.nat(60), { maxLength: 30 })

describe('token sets', () => {
  it('behave as mathematical sets', () => {
    fc.assert(
      fc.property(ids, ids, (left, right) => {
        const [a, b] = [toTokenSet(left), toTokenSet(right)]
        const sorted = (set: Iterable<number>) => [...new Set(set)].sort((x, y) => x - y)
        expect([...unionOf(a, b)]).toEqual(sorted([...left, ...right]))
        expect([...intersectionOf(a, b)]).toEqual(sorted(left.filter((id) => right.includes(id))))
        expect([...differenceOf(a, b)]).toEqual(sorted(left.filter((id) => !right.includes(id))))
        expect([a, b, unionOf(a, b)].every(isTokenSet)).toBe(true)
      }),
    )
  })

  it('know their members, also when empty', () => {
    expect(hasToken(toTokenSet([5, 1]), 5)).toBe(true)
    expect(hasToken(new Int32Array(), 0)).toBe(false)
    expect(unionOf().length).toBe(0)
    expect([...tokenRange(3, 2)]).toEqual([3, 4])
    expect(isTokenSet(Int32Array.of(1, 1))).toBe(false)
  })
})

describe('top-k', () => {
  const scored = fc
    .uniqueArray(fc.nat(200), { minLength: 1, maxLength: 40 })
    .chain((tokens) =>
      fc.tuple(
        fc.constant(tokens),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: tokens.length, maxLength: tokens.length }),
        fc.nat(50),
      ),
    )

  it('does not depend on the order in which tokens are offered', () => {
    fc.assert(
      fc.property(scored, fc.nat(), ([tokens, scores, k], turn) => {
        const rotate = (list: number[]) => list.map((_, i) => list[(i + turn) % list.length])
        expect(topK(rotate(scores), rotate(tokens), k)).toEqual(topK(scores, tokens, k))
      }),
    )
  })

  it('prefers higher scores, then lower ids, and never gives more than k', () => {
    fc.assert(
      fc.property(scored, ([tokens, scores, k]) => {
        const kept = topK(scores, tokens, k)
        expect(kept.length).toBe(Math.min(k, tokens.length))
        expect(isTokenSet(kept)).toBe(true)
        const scoreOf = (id: number) => scores[tokens.indexOf(id)]
        for (const out of tokens.filter((id) => !hasToken(kept, id))) {
          for (const id of kept)
            expect(scoreOf(id) > scoreOf(out) || (scoreOf(id) === scoreOf(out) && id < out)).toBe(true)
        }
      }),
    )
  })

  it('ranks as it orders, and puts NaN last', () => {
    expect([...orderByScore([1, Number.NaN, 3, 3], [9, 2, 7, 5])]).toEqual([3, 2, 0, 1])
    expect([...ranksByScore([1, Number.NaN, 3, 3], [9, 2, 7, 5])]).toEqual([2, 3, 1, 0])
    expect(() => topK([1], [1, 2], 1)).toThrow('1 scores for 2 tokens')
  })
})
