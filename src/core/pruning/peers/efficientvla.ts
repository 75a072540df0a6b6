import { z } from 'zod'
import { visualTokenCount } from '../../tokens/layout.ts'
import { createSession, type KeepDecision, type LayerSignals, type SelectorDefinition } from '../contract.ts'
import { integerParameter, numberParameter } from '../parameters.ts'
import { scaleCount } from '../scaling.ts'
import { differenceOf, lowerBound, unionOf, type TokenSet } from '../sets.ts'
import { topK } from '../topk.ts'
import { removalFields } from './peerFields.ts'
import { createRemoveByChoice, required } from './removeByChoice.ts'
import { cosine, visualRows } from './vectors.ts'

const parameters = z.object({
  ...removalFields({
    layer: 2,
    firstLayer: 1,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. EfficientVLA says an early layer and prints 2.',
    keep: 0.438,
    keepHelp: 'Share of all visual tokens that stay. EfficientVLA prints 112 or 56 of 256.',
  }),
  keyTokens: integerParameter({
    group: 'Score',
    title: 'Key tokens (per 256)',
    help: 'The most attended tokens, which stay. EfficientVLA prints 4 to 8.',
    min: 1,
    max: 64,
    default: 8,
  }),
  relevantShare: numberParameter({
    group: 'Score',
    title: 'Relevant share of the rest',
    help: 'Alpha: this share of the rest by attention, what is left by difference to the key tokens. Value ours.',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0.5,
  }),
})

interface Counts {
  key: number
  relevant: number
  diverse: number
}

function decide(signals: LayerSignals, { key, relevant, diverse }: Counts): KeepDecision {
  const { ids } = signals
  const score = required(signals.text, 'text scores')
  const rows = visualRows(signals)
  const position = (id: number): number => lowerBound(ids, id)
  const best = (among: TokenSet, count: number): TokenSet =>
    topK(
      Float64Array.from(among, (id) => score[position(id)]),
      among,
      count,
    )
  const keySet = best(ids, key)
  const relevantSet = best(differenceOf(ids, keySet), relevant)
  const others = differenceOf(ids, unionOf(keySet, relevantSet))
  const keyRows = Array.from(keySet, position)
  const difference = Float64Array.from(others, (id) => {
    const row = position(id)
    return 1 - Math.max(...keyRows.map((other) => cosine(rows, row, rows, other)))
  })
  const diverseSet = topK(difference, others, diverse)
  return {
    keep: unionOf(keySet, relevantSet, diverseSet),
    sets: [
      { name: 'key', ids: keySet },
      { name: 'relevant', ids: relevantSet },
      { name: 'diverse', ids: diverseSet },
    ],
    score,
  }
}

const citation = {
  title: 'EfficientVLA: Training-Free Acceleration and Compression for Vision-Language-Action Models',
  source: 'NeurIPS 2025, arXiv 2506.10100',
  url: 'https://arxiv.org/abs/2506.10100',
}

/** EfficientVLA's token part (NeurIPS 2025): key, relevant and different tokens (docs/methods/efficientvla.md). */
export const efficientvla: SelectorDefinition<typeof parameters> = {
  id: 'efficientvla',
  title: 'EfficientVLA (tokens)',
  summary: 'After an early layer, keeps the most attended tokens, then relevant ones and ones that differ from those.',
  citation,
  removal: 'remove',
  parameters,
  presets: [
    { id: 'tokens-112', title: '112 of 256 tokens', citation, values: { keep: 0.438 } },
    { id: 'tokens-56', title: '56 of 256 tokens', citation, values: { keep: 0.219 } },
  ],
  start: (values, context) =>
    createSession(
      createRemoveByChoice(values, context, { text: true, hidden: true }, (signals, count) => {
        const key = Math.min(count, scaleCount(values.keyTokens, visualTokenCount(context.layout)))
        const relevant = Math.floor(values.relevantShare * (count - key) + 1e-9)
        return decide(signals, { key, relevant, diverse: count - key - relevant })
      }),
    ),
}
