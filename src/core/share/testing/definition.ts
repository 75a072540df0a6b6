import type { SelectorDefinition, SelectorSession } from '../../pruning/contract.ts'
import {
  booleanParameter,
  choiceParameter,
  integerParameter,
  layersParameter,
  numberParameter,
} from '../../pruning/parameters.ts'
import { z } from 'zod'

const common = { help: 'Only for tests.', group: 'Tests' }

/** A method with one parameter of each kind, under the id that links leave out. Its session must not be started. */
export const testDefinition: SelectorDefinition = {
  id: 'specprune',
  title: 'Test method',
  summary: 'Only for tests.',
  citation: { title: 'None', source: '' },
  removal: 'remove',
  parameters: z.object({
    keep: integerParameter({ ...common, title: 'Kept tokens', min: 0, max: 512, default: 60 }),
    ratio: numberParameter({ ...common, title: 'Ratio', min: 0, max: 1, step: 0.01, default: 0.5 }),
    refresh: booleanParameter({ ...common, title: 'Dense refresh', default: false }),
    rows: choiceParameter({ ...common, title: 'Rows', options: ['text', 'action'], default: 'text' }),
    layers: layersParameter({ ...common, title: 'Layers', max: 12, default: [4, 6] }),
  }),
  presets: [
    { id: 'paper', title: 'Paper', citation: { title: 'None', source: '' }, values: { keep: 40, layers: [5] } },
    { id: 'strong', title: 'Strong', citation: { title: 'None', source: '' }, values: { ratio: 0.25 } },
  ],
  start(): SelectorSession {
    throw new Error('The test method does not run.')
  },
}

/** A second method, so that a link has to name its own. */
export const otherDefinition: SelectorDefinition = {
  ...testDefinition,
  id: 'other:method',
  title: 'Other method',
  presets: [],
}
