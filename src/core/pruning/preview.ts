import { survivalDepth } from '../metrics/survivalDepth.ts'
import type { LayerTrace } from '../policy/engine.ts'
import type {
  DensePass,
  ExecutedStep,
  KeepDecision,
  LayerSignals,
  QueryInput,
  ScoreRows,
  SelectorNotes,
  SelectorPlan,
  SelectorSession,
} from './contract.ts'
import { tokenRange, valuesAt, type TokenSet } from './sets.ts'

/** A query whose attention was recorded, for replaying any selector over it without the model. */
export interface PreviewQuery {
  input: QueryInput
  /** Recorded attention after a layer (from 1), one number per visual token id; undefined where none was recorded. */
  scores(layer: number, rows: ScoreRows): Float32Array | undefined
  /** The recorded chunk, row-major `[chunk, 7]`, if the selector wants it. */
  chunk?: Float32Array
  /** What was executed until the next query, oldest first. */
  executed: readonly ExecutedStep[]
}

/** What a selector would do in a query; `layers` and `embedDecision` as an engine reports them. */
export interface QueryPreview {
  layers: LayerTrace[]
  /** Decision before layer 1, if any. */
  embedDecision?: KeepDecision
  /** Visual tokens that reach the last layer. */
  survivors: TokenSet
  /** Per visual token, see {@link survivalDepth}. */
  survivalDepth: Uint8Array
  notes: SelectorNotes
  /** Index into `executed` after which the selector would have replanned, the first time. */
  replanAfter?: number
}

/** Whether recorded scores are all that a method reads; if not, only a run of the model can show what it keeps. */
export function canPreview({ hiddenLayers = [], densePass }: SelectorPlan): boolean {
  return hiddenLayers.length + (densePass?.hiddenLayers?.length ?? 0) === 0
}

/**
 * Replays a selector over the recorded queries of one episode, so that an overlay can follow a slider at once.
 * It is an estimate: the recorded scores stem from a forward that kept all tokens, while in a real run the attention of
 * later layers shifts after a removal, and the recorded actions do not answer to the selector.
 * @param start makes a fresh session of the selector
 * @param shape depth of the model and number of visual tokens (their ids are 0 ... visualTokens - 1)
 * @param queries in order, from the beginning of the episode
 * @param episode number of the episode, for selectors that draw at random
 * @throws if the selector needs scores that were not recorded, or hidden states (see {@link canPreview})
 */
export function previewQueries(
  start: () => SelectorSession,
  shape: { layers: number; visualTokens: number },
  queries: readonly PreviewQuery[],
  episode = 0,
): QueryPreview[] {
  return queries.map(createPreviewer(start, shape, episode))
}

/**
 * As {@link previewQueries}, one query at a time, for callers that may not take long in one go.
 * @returns makes the next query; call it in order, from the beginning of the episode
 * @throws if the selector needs hidden states; the returned function throws if scores are missing
 */
export function createPreviewer(
  start: () => SelectorSession,
  shape: { layers: number; visualTokens: number },
  episode = 0,
): (query: PreviewQuery) => QueryPreview {
  const session = start()
  if (!canPreview(session.plan)) throw new Error('The method reads hidden states, which are not recorded.')
  session.beginEpisode(episode)
  return (query) => previewQuery(session, shape, query)
}

function previewQuery(
  session: SelectorSession,
  { layers, visualTokens }: { layers: number; visualTokens: number },
  query: PreviewQuery,
): QueryPreview {
  session.beforeQuery(query.input)
  let survivors = tokenRange(0, visualTokens)
  const { plan } = session
  const tellDensePass = (moment: DensePass['moment']) => {
    const { densePass } = plan
    if (densePass?.moment !== moment) return
    const all = tokenRange(0, visualTokens)
    session.afterDense?.(
      Array.from({ length: layers + 1 }, (_, i) => signalsAt(densePass, query, i, all, visualTokens)),
    )
  }
  tellDensePass('before')
  const embedDecision = session.afterLayer({ layer: 0, ids: survivors })
  survivors = embedDecision?.keep ?? survivors
  const traces: LayerTrace[] = []
  for (let layer = 1; layer <= layers; layer++) {
    const decision = session.afterLayer(signalsAt(plan, query, layer, survivors, visualTokens))
    traces.push({ layer, visualTokens: survivors.length, decision })
    // What is removed after the last layer has taken part in all of them.
    if (decision && layer < layers) survivors = decision.keep
  }
  const notes = session.notes()
  if (embedDecision || traces.some(({ decision }) => decision)) tellDensePass('after')
  session.afterQuery({ chunk: query.chunk ?? new Float32Array(), survivors })
  const replans = query.executed.map((step) => session.afterStep(step).replan)
  const replanAfter = replans.indexOf(true)
  return {
    layers: traces,
    embedDecision,
    survivors,
    survivalDepth: survivalDepth(visualTokens, traces, embedDecision),
    notes,
    replanAfter: replanAfter < 0 ? undefined : replanAfter,
  }
}

function signalsAt(
  plan: Pick<SelectorPlan, 'textLayers' | 'actionLayers'>,
  query: PreviewQuery,
  layer: number,
  ids: TokenSet,
  visualTokens: number,
): LayerSignals {
  const read = (layers: readonly number[], rows: ScoreRows): Float32Array | undefined => {
    if (!layers.includes(layer)) return undefined
    const scores = query.scores(layer, rows)
    if (!scores) throw new Error(`No ${rows} scores were recorded after layer ${layer}.`)
    return ids.length === visualTokens ? scores : valuesAt(scores, ids)
  }
  return { layer, ids, text: read(plan.textLayers, 'text'), action: read(plan.actionLayers, 'action') }
}
