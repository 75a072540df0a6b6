import { z } from 'zod'
import { visualTokenCount } from '../tokens/layout.ts'
import type { KeepDecision, LayerSignals, ScoreRows, Selector, SelectorContext } from './contract.ts'
import { toTokenSet } from './sets.ts'
import { viewsOf, type ViewTokens } from './views.ts'

/** What a selector from a file may say about itself. */
export const customSettingsSchema = z.strictObject({
  /** Layer of this model after which it is asked; 0 = before layer 1, where there is no attention. */
  removeAfter: z.int().min(0).max(64).default(2),
  /** Attention that it reads. */
  scoreRows: z.enum(['text', 'action']).default('text'),
})

/** Checked settings of a selector from a file. */
export type CustomSettings = z.infer<typeof customSettingsSchema>

/** What the function of a file is given: plain data, nothing of the page. */
export interface CustomInput {
  layer: number
  /** Token ids that are there, ascending. */
  ids: readonly number[]
  /** Attention per entry of `ids`; empty before layer 1. */
  scores: readonly number[]
  /** The views as ranges of token ids. */
  views: readonly ViewTokens[]
  /** Queries since the episode began. */
  query: number
}

/**
 * Asks the function of a file. @returns what it returned, unchecked
 * @throws if it throws or takes too long
 */
export type CustomCall = (input: CustomInput) => unknown

const idsSchema = z.array(z.int().nonnegative()).min(1)

/** A person's own selector as a selector of the project. It removes once, and what it returns is checked. */
export function createCustomSelector(
  call: CustomCall,
  { removeAfter, scoreRows }: CustomSettings,
  { layout, layers }: SelectorContext,
): Selector<{ query: number }> {
  const views = viewsOf(layout)
  const decides = removeAfter < layers
  const reads = (rows: ScoreRows) => (decides && removeAfter > 0 && rows === scoreRows ? [removeAfter] : [])
  const decide = ({ layer, ids, ...signals }: LayerSignals, query: number): KeepDecision => {
    const scores = signals[scoreRows] ?? new Float32Array()
    const answer = idsSchema.safeParse(call({ layer, ids: [...ids], scores: [...scores], views, query }))
    if (!answer.success) {
      throw new Error('The selector must return a list of token ids, at least one, each a whole number.')
    }
    const wrong = answer.data.find((id) => !ids.includes(id))
    if (wrong !== undefined) {
      throw new Error(
        `The selector returned token ${wrong}, which is not there; ids run up to ${visualTokenCount(layout) - 1}.`,
      )
    }
    const keep = toTokenSet(answer.data)
    return { keep, sets: [{ name: 'custom', ids: keep }], ...(scores.length > 0 && { score: scores.slice() }) }
  }
  return {
    plan: { textLayers: reads('text'), actionLayers: reads('action'), decisionLayers: decides ? [removeAfter] : [] },
    beginEpisode: () => ({ query: -1 }),
    beforeQuery: ({ query }) => ({ query: query + 1 }),
    afterLayer: (state, signals) =>
      decides && signals.layer === removeAfter ? { state, decision: decide(signals, state.query) } : { state },
    afterQuery: (state) => state,
    afterStep: (state) => ({ state, replan: false }),
    notes: () => ({}),
  }
}
