import { z } from 'zod'
import { createSession, type SelectorDefinition } from '../contract.ts'
import { tokenRange, toTokenSet } from '../sets.ts'
import { maxMinDiverse } from './diversity.ts'
import { removalFields } from './peerFields.ts'
import { createRemoveByChoice } from './removeByChoice.ts'
import { visualRows } from './vectors.ts'

const parameters = z.object(
  removalFields({
    layer: 0,
    firstLayer: 0,
    layerHelp: 'Layer of a 32-layer model, scaled with depth. DivPrune prunes before layer 1, which is 0.',
    keep: 0.098,
    keepHelp: 'Share of all visual tokens that stay. DivPrune prints 0.098.',
  }),
)

/** DivPrune (CVPR 2025): keeps the tokens that differ most from one another (docs/methods/divprune.md). */
export const divprune: SelectorDefinition<typeof parameters> = {
  id: 'divprune',
  title: 'DivPrune',
  summary: 'Before the first layer, keeps the tokens that are farthest from one another. It looks at no attention.',
  citation: {
    title: 'DivPrune: Diversity-based Visual Token Pruning for Large Multimodal Models',
    source: 'CVPR 2025, arXiv 2503.02175',
    url: 'https://arxiv.org/abs/2503.02175',
  },
  removal: 'remove',
  parameters,
  presets: [],
  start: (values, context) =>
    createSession(
      createRemoveByChoice(values, context, { hidden: true }, (signals, count) => {
        const { ids } = signals
        const chosen = maxMinDiverse(visualRows(signals), tokenRange(0, ids.length), count)
        const keep = toTokenSet(chosen.map((position) => ids[position]))
        return { keep, sets: [{ name: 'diverse', ids: keep }] }
      }),
    ),
}
