import { expect, it } from 'vitest'
import { createLayout, visualTokenCount } from '../tokens/layout.ts'
import { previewQueries, type PreviewQuery } from './preview.ts'
import { startMethod } from './registry.ts'
import { executed, noiseScores, queryInput, runQuery } from './testing.ts'

const layout = createLayout({
  views: [
    { view: 'front', rows: 8, columns: 8 },
    { view: 'wrist', rows: 4, columns: 4 },
  ],
  words: 6,
  queries: 8,
})
const shape = { layers: 12, visualTokens: visualTokenCount(layout) }
const context = { layout, layers: 12, seed: 1 }
const fast = [1, 0, 0, 0, 0, 0, 1]
const slow = [0, 0, -0.1, 0, 0, 0, 1]

const queries: PreviewQuery[] = [0, 4, 8].map((step) => ({
  input: queryInput(layout, step),
  scores: (layer) => noiseScores(shape.visualTokens, 100 * step + layer),
  executed: [executed(fast, 3), executed(slow, 2), executed(slow, 1), executed(slow, 0)],
}))

it('decides what a session decides that is driven layer by layer', () => {
  const session = startMethod({ id: 'specprune', values: {} }, context)
  const previews = previewQueries(() => startMethod({ id: 'specprune', values: {} }, context), shape, queries)
  previews.forEach((preview, i) => {
    const { input, executed: steps } = queries[i]
    const scoresAt = (layer: number) => noiseScores(shape.visualTokens, 100 * input.step + layer)
    const { decisions, survivors } = runQuery(session, layout, 12, input, scoresAt)
    expect(preview.survivors).toEqual(survivors)
    expect(preview.notes).toEqual(session.notes())
    expect(preview.layers.filter((trace) => trace.decision).map((trace) => trace.layer)).toEqual(
      decisions.map(({ layer }) => layer),
    )
    for (const step of steps) session.afterStep(step)
  })
  expect(previews.map((preview) => preview.replanAfter)).toEqual([1, undefined, undefined])
})

it('counts tokens per layer as an engine does', () => {
  const [preview] = previewQueries(
    () => startMethod({ id: 'stride', values: { keep: 0.5, removeAfter: 0 } }, context),
    shape,
    queries.slice(0, 1),
  )
  expect(preview.embedDecision?.keep.length).toBe(40)
  expect(preview.layers.map((trace) => trace.visualTokens)).toEqual(new Array(12).fill(40))
  expect(preview.survivalDepth.filter((depth) => depth === 12).length).toBe(40)
  expect(preview.survivalDepth.filter((depth) => depth === 0).length).toBe(40)
})

it('says which recorded scores are missing', () => {
  const bare = { ...queries[0], scores: () => undefined }
  expect(() => previewQueries(() => startMethod({ id: 'specprune', values: {} }, context), shape, [bare])).toThrow(
    'No text scores were recorded after layer 1.',
  )
})
