import type { LayerScores } from '../../core/policy/engine.ts'
import type { HiddenRows, KeepDecision, LayerSignals, ScoreRows, SelectorSession } from '../../core/pruning/contract.ts'
import type { OrtTensor } from '../ort.ts'
import { DecisionError } from './survivors.ts'

export const SCORE_ROWS = ['text', 'action'] as const satisfies readonly ScoreRows[]

/** The hidden states, if the plan asks for them behind this layer. They are read before the tensor is reused. */
export async function readHidden(
  session: SelectorSession | undefined,
  layer: number,
  hidden: OrtTensor,
): Promise<{ hidden?: HiddenRows }> {
  if (!session?.plan.hiddenLayers?.includes(layer)) return {}
  const values = await hidden.getData()
  if (!(values instanceof Float32Array)) throw new Error(`Expected float32 hidden states, got ${hidden.type}.`)
  return { hidden: { values, width: hidden.dims[2] } }
}

/** Scores that must be read back after a layer; every read-back stops the GPU once. */
export function rowsToRead(session: SelectorSession | undefined, layer: number, taps: 'needed' | 'all'): ScoreRows[] {
  return SCORE_ROWS.filter((rows) => taps === 'all' || plannedLayers(session, rows).includes(layer))
}

function plannedLayers(session: SelectorSession | undefined, rows: ScoreRows): readonly number[] {
  return (rows === 'text' ? session?.plan.textLayers : session?.plan.actionLayers) ?? []
}

/** What the selector may read: the scores that its plan names, also where `taps: 'all'` has read more. */
export function signalsOf(
  session: SelectorSession | undefined,
  layer: number,
  ids: Int32Array,
  scores: readonly LayerScores[],
): LayerSignals {
  const signals: LayerSignals = { layer, ids }
  for (const score of scores) {
    if (score.layer === layer && plannedLayers(session, score.rows).includes(layer)) signals[score.rows] = score.values
  }
  return signals
}

/** The attention onto reused tokens, where the plan asks for it; `scores` holds theirs before all others. */
export function reusedSignals(
  session: SelectorSession | undefined,
  layer: number,
  reused: Int32Array,
  { scores }: { scores: Record<ScoreRows, Float32Array> },
): Pick<LayerSignals, 'reused'> {
  if (reused.length === 0) return {}
  const rows: NonNullable<LayerSignals['reused']> = { ids: reused }
  for (const row of SCORE_ROWS) {
    if (plannedLayers(session, row).includes(layer)) rows[row] = scores[row].slice(0, reused.length)
  }
  return { reused: rows }
}

/** Asks the selector. @throws DecisionError for a decision where the plan has none. */
export async function decide(
  session: SelectorSession | undefined,
  signals: LayerSignals,
): Promise<KeepDecision | undefined> {
  if (session?.prepare) await session.prepare(signals)
  const decision = session?.afterLayer(signals)
  if (decision && !session?.plan.decisionLayers.includes(signals.layer)) {
    throw new DecisionError(
      `a decision was taken after layer ${signals.layer}, where the plan has none.`,
      signals.layer,
    )
  }
  return decision
}
