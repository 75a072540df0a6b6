import { describe, expect, it } from 'vitest'
import { createLayout } from '../../core/tokens/layout.ts'
import { describeSequence } from './sequenceModel.ts'

const layout = createLayout({
  views: [
    { view: 'front', rows: 2, columns: 2 },
    { view: 'wrist', rows: 2, columns: 2 },
  ],
  words: 4,
  queries: 8,
})

describe('describeSequence', () => {
  it('counts the visual tokens that are left per view and all others in full', () => {
    const parts = describeSequence(layout, 'lift the cube', Int32Array.of(0, 3, 5))
    expect(parts.map(({ title, count, all }) => [title, count, all])).toEqual([
      ['front', 2, 4],
      ['wrist', 1, 4],
      ['robot state', 1, 1],
      ['instruction', 4, 4],
      ['action queries', 8, 8],
    ])
  })

  it('shows the words that fit, without the padding', () => {
    const words = (instruction: string) =>
      describeSequence(layout, instruction, []).find(({ kind }) => kind === 'text')?.words
    expect(words(' lift  the cube ')).toEqual(['lift', 'the', 'cube'])
    expect(words('lift the cube now please')).toEqual(['lift', 'the', 'cube', 'now'])
  })
})
