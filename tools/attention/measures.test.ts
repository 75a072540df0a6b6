import { describe, expect, it } from 'vitest'
import { RELEVANCE } from '../../src/core/schema/observation.ts'
import { recallFigure } from './figure.ts'
import { AttentionRecall, chanceOf } from './measures.ts'

const SIZE = 256
const LAYERS = 3

/** Scores whose best tokens of each view are `first`, `first + 1`, ... in each layer. */
function scoresFrom(firsts: readonly number[]) {
  return (['text', 'action'] as const).flatMap((rows) =>
    firsts.map((first, i) => ({
      layer: i + 1,
      rows,
      ids: Int32Array.from({ length: 2 * SIZE }, (_, id) => id),
      values: Float32Array.from({ length: 2 * SIZE }, (_, id) => 1 / (1 + (((id % SIZE) - first + SIZE) % SIZE))),
    })),
  )
}

function maskWith(patches: readonly number[], bits: number) {
  const mask = new Uint8Array(SIZE)
  for (const patch of patches) mask[patch] = bits
  return { front: mask, wrist: new Uint8Array(SIZE) }
}

describe('AttentionRecall', () => {
  it('counts the relevant tokens of a view among its best', () => {
    const recall = new AttentionRecall()
    recall.add(scoresFrom([0, 100, 100]), maskWith([0, 15, 16, 40], RELEVANCE.target))
    const of = (layer: number, top: number) =>
      recall
        .summary()
        .find(
          (v) =>
            v.measure === 'recall' && v.thing === 'target' && v.rows === 'text' && v.layer === layer && v.top === top,
        )
    expect([of(1, 16)?.mean, of(1, 32)?.mean, of(1, 64)?.mean, of(2, 64)?.mean]).toEqual([0.5, 0.75, 1, 0])
    expect(of(1, 16)?.view).toBe('front')
    expect(recall.summary().some((v) => v.thing === 'landmark')).toBe(false)
    expect(recall.summary().some((v) => v.measure === 'recall' && v.view === 'wrist')).toBe(false)
  })

  it('compares with the last layer and with the previous query of the same episode', () => {
    const recall = new AttentionRecall()
    const mask = maskWith([], 0)
    const mean = (measure: string, layer: number) =>
      recall
        .summary()
        .find(
          (v) =>
            v.measure === measure && v.rows === 'action' && v.view === 'wrist' && v.layer === layer && v.top === 16,
        )?.mean
    recall.add(scoresFrom([0, 8, 0]), mask)
    expect([mean('last', 1), mean('last', 2), mean('last', 3), mean('previous', 1)]).toEqual([1, 0.5, 1, undefined])
    recall.add(scoresFrom([4, 8, 0]), mask)
    expect([mean('previous', 1), mean('previous', 2)]).toEqual([0.75, 1])
    recall.beginEpisode()
    recall.add(scoresFrom([100, 100, 100]), mask)
    expect(mean('previous', 1)).toBe(0.75)
  })

  it('draws a line for each number of tokens in each of four panels', () => {
    const recall = new AttentionRecall()
    const mask = maskWith([1, 2], RELEVANCE.target)
    recall.add(scoresFrom(Array.from({ length: LAYERS }, (_, i) => i)), { front: mask.front, wrist: mask.front })
    const svg = recallFigure(recall.summary(), 'A & B', SIZE)
    expect(svg.match(/<polyline/g)).toHaveLength(12)
    expect(svg).toContain('A &amp; B')
    expect(chanceOf(64, SIZE)).toBe(0.25)
  })
})
