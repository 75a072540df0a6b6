import { describe, expect, it } from 'vitest'
import { fillRankTerms, fixedCountKeys } from './fused.ts'
import { rankWeights, updateAverage } from './layerScores.ts'
import { createRandom, shuffled } from '../random.ts'
import { tokenRange } from './sets.ts'
import { orderByScore } from './topk.ts'

describe('fixedCountKeys', () => {
  it('puts forced tokens before all others and rounds as float32 does', () => {
    const scores = Float32Array.of(0.5, 1e-9, 0.25, 2e-9)
    const keys = fixedCountKeys(Int32Array.of(4, 5, 7, 9), scores, (id) => id === 5 || id === 9)
    expect([...keys]).toEqual([0.5, 2, 0.25, 2])
    expect([...orderByScore(keys, Int32Array.of(4, 5, 7, 9))]).toEqual([1, 3, 0, 2])
  })
})

describe('fillRankTerms', () => {
  const tokens = 512
  const ids = tokenRange(0, tokens)

  it.each([
    [1, 0.2],
    [0.02, 0.2],
    [0.3, 0.9],
    [1.3, 0.01],
  ])('orders tokens as the moving average does, for slope %d and beta %d', (rankSlope, weight) => {
    const random = createRandom(3)
    let average = new Float64Array(tokens)
    const logarithm = new Float64Array(tokens).fill(-Infinity)
    for (let index = 0; index < 3; index++) {
      const ranks = Int32Array.from(shuffled(random, [...ids]))
      const confidence = 0.1 + random()
      // The token of rank r gets the (r + 1)th highest score.
      const weights = rankWeights(
        Float64Array.from(ranks, (rank) => -rank),
        ids,
        rankSlope,
      )
      average = updateAverage(
        average,
        ids,
        weights.map((w) => w * confidence),
        weight,
      ) as typeof average
      const terms = new Float32Array(tokens)
      fillRankTerms({ rankSlope, weight }, index, tokens, terms)
      ranks.forEach((rank, token) => {
        const [a, b] = [logarithm[token], terms[rank] + Math.log(confidence)]
        logarithm[token] = Math.max(a, b) + Math.log1p(Math.exp(Math.min(a, b) - Math.max(a, b)))
      })
    }
    expect(orderByScore(logarithm, ids)).toEqual(orderByScore(average, ids))
  })
})
