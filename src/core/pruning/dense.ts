import { z } from 'zod'
import { createSession, type Selector, type SelectorDefinition } from './contract.ts'

const parameters = z.object({})

const selector: Selector<undefined> = {
  plan: { textLayers: [], actionLayers: [], decisionLayers: [] },
  beginEpisode: () => undefined,
  beforeQuery: () => undefined,
  afterLayer: () => ({ state: undefined }),
  afterQuery: () => undefined,
  afterStep: () => ({ state: undefined, replan: false }),
  notes: () => ({}),
}

/** The reference: nothing is removed. */
export const dense: SelectorDefinition<typeof parameters> = {
  id: 'dense',
  title: 'Dense',
  summary: 'Keeps every visual token. What all other methods are measured against.',
  citation: { title: 'No pruning', source: '' },
  removal: 'none',
  parameters,
  presets: [],
  start: () => createSession(selector),
}
