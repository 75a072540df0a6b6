import { z } from 'zod'
import { createSession, type SelectorDefinition } from '../contract.ts'
import { choiceParameter } from '../parameters.ts'
import { topK } from '../topk.ts'
import { removalFields } from './peerFields.ts'
import { createRemoveByChoice, required } from './removeByChoice.ts'

const parameters = z.object({
  ...removalFields({
    layer: 2,
    firstLayer: 1,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. FastV prints K = 2; VLA papers use 2 or 3.',
    keep: 0.5,
    keepHelp: 'Share of all visual tokens that stay. FastV prints R = 50 % removed.',
  }),
  scoreRows: choiceParameter({
    group: 'Score',
    title: 'Score rows',
    help: 'FastV reads the last token; a policy with action queries has these in its place. Text rows are our option.',
    options: ['action', 'text'],
    default: 'action',
  }),
})

/** FastV (ECCV 2024): after an early layer the tokens with the least attention go, once. */
export const fastv: SelectorDefinition<typeof parameters> = {
  id: 'fastv',
  title: 'FastV',
  summary: 'After an early layer, removes the visual tokens that receive the least attention. Nothing is remembered.',
  citation: {
    title: 'An Image is Worth 1/2 Tokens After Layer 2',
    source: 'ECCV 2024, arXiv 2403.06764',
    url: 'https://arxiv.org/abs/2403.06764',
  },
  removal: 'remove',
  parameters,
  presets: [],
  start(values, context) {
    const rows = values.scoreRows
    return createSession(
      createRemoveByChoice(values, context, { [rows]: true }, (signals, count) => {
        const score = required(signals[rows], `${rows} scores`)
        const keep = topK(score, signals.ids, count)
        return { keep, sets: [{ name: 'attention', ids: keep }], score }
      }),
    )
  },
}
