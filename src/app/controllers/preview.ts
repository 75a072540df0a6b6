import { forceTokens } from '../../core/pruning/forced.ts'
import { parseForced } from '../../core/pruning/forcedText.ts'
import { inputEditKey } from '../../core/pruning/inputEdit.ts'
import { canPreview, createPreviewer } from '../../core/pruning/preview.ts'
import type { PreviewQuery, QueryPreview } from '../../core/pruning/preview.ts'
import { findSelector } from '../../core/pruning/registry.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import { observationAt } from '../../runtime/openLoopWalk.ts'
import type { DenseFrame } from '../../runtime/protocol.ts'
import { encodeQuery } from '../../runtime/queryRecord.ts'
import type { PolicyShape } from '../../stores/layout.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'

/** What a preview is made from. */
export interface PreviewSource {
  episode: RecordedEpisode
  /** Dense frames by step. */
  denseFrames: ReadonlyMap<number, DenseFrame>
  /** A run of this episode and model; the preview takes its head. */
  base: RunRecord
  /** Frames to query at, ascending: a preview cannot know where the policy would replan. */
  steps: readonly number[]
  shape: PolicyShape
  settings: MethodSettings
}

/** A preview that is being made, query by query, so that the one on the screen need not wait for the others. */
export interface Preview {
  /** Frame of the next query; undefined once all are there. */
  nextStep(): number | undefined
  /** Makes the next query. @throws if the method needs scores that were not recorded */
  advance(): void
  /** The record as far as it is. */
  run(): RunRecord
}

/**
 * What the method would keep with these settings, from cached dense scores: no inference. It is an estimate, because
 * deeper layers of a pruned forward attend differently.
 * @returns undefined if there are no scores, or only those of another model, or the method reads more than scores, or the
 *   policy is to be shown something else than the recording
 */
export function startPreview(source: PreviewSource): Preview | undefined {
  const { episode, denseFrames, base, steps, shape, settings } = source
  if (inputEditKey(settings) !== '') return undefined
  const frames = steps
    .map((step) => denseFrames.get(step))
    .filter((frame) => frame?.textScores.length === shape.layers * shape.visualTokens)
    .filter((frame) => frame !== undefined)
  if (frames.length === 0) return undefined
  const definition = findSelector(settings.methodId)
  const context = { layout: shape.layout, layers: shape.layers, seed: settings.seed }
  const start = () =>
    forceTokens(definition.start(settings.parameters, context), parseForced(settings.forced), shape.layers)
  if (!canPreview(start().plan)) return undefined
  const next = createPreviewer(start, shape, episode.index)
  const queries: QueryRecord[] = []
  const { methodId: id, presetId: preset, parameters, executeSteps, seed, forced } = settings
  return {
    nextStep: () => frames.at(queries.length)?.step,
    advance() {
      const i = queries.length
      const query = toPreviewQuery(episode, frames[i], frames, i, executeSteps, shape.visualTokens)
      queries.push(toRecord(next(query), frames[i], i, shape.visualTokens))
    },
    run: () => ({
      ...base,
      method: { id, ...(preset === undefined ? {} : { preset }), parameters },
      executeSteps,
      seed,
      forced: forced || undefined,
      instruction: episode.instruction,
      instructionEdited: undefined,
      queries: [...queries],
    }),
  }
}

/**
 * Makes the queries up to and with the one that governs a frame, at least one.
 * @param isTimeUp asked after each query; by default it goes through
 * @returns whether all of them are there; if not, call it again
 */
export function advanceTo(preview: Preview, frame: number, isTimeUp: () => boolean = () => false): boolean {
  const isThere = () => (preview.nextStep() ?? Number.POSITIVE_INFINITY) > frame
  do preview.advance()
  while (!isThere() && !isTimeUp())
  return isThere()
}

function toPreviewQuery(
  episode: RecordedEpisode,
  frame: DenseFrame,
  frames: readonly DenseFrame[],
  i: number,
  executeSteps: number,
  visualTokens: number,
): PreviewQuery {
  const { step } = frame
  const next = frames.at(i + 1)?.step ?? Math.min(episode.frames, step + executeSteps)
  const before = i > 0 ? frames[i - 1].step : step
  return {
    input: {
      step,
      observation: observationAt(episode, step),
      imagesAt: (back) => (back >= 0 && back <= step ? observationAt(episode, step - back).images : undefined),
      executedActions: actionsBetween(episode, before, step),
    },
    scores(layer, rows) {
      const all = rows === 'text' ? frame.textScores : frame.actionScores
      return all.subarray((layer - 1) * visualTokens, layer * visualTokens)
    },
    chunk: frame.chunk,
    executed: actionsBetween(episode, step, next).map((action, done) => ({
      action,
      remaining: Math.max(0, executeSteps - 1 - done),
    })),
  }
}

function actionsBetween(episode: RecordedEpisode, from: number, to: number): Float32Array[] {
  return Array.from({ length: to - from }, (_, i) =>
    episode.actions.subarray((from + i) * ACTION_SIZE, (from + i + 1) * ACTION_SIZE),
  )
}

function toRecord(preview: QueryPreview, frame: DenseFrame, index: number, visualTokens: number): QueryRecord {
  const result = {
    ...preview,
    // No policy ran: there is no chunk and no time.
    chunk: new Float32Array(),
    scores: [],
    latencyMs: 0,
    stagesMs: { observe: 0, select: 0, embed: 0, layers: 0, head: 0 },
  }
  return encodeQuery(result, { index, step: frame.step, replan: false, notes: preview.notes, visualTokens })
}

/**
 * Frames that a preview queries at: those of the newest run of the same method whose scores are all known, because a
 * controller queries out of turn; else the regular schedule as far as it is known, else every known frame.
 */
export function previewSteps(
  runs: readonly RunRecord[],
  denseFrames: ReadonlyMap<number, DenseFrame>,
  { methodId, executeSteps }: Pick<MethodSettings, 'methodId' | 'executeSteps'>,
): number[] {
  const covered = runs.find(
    ({ method, queries, executeSteps: executed }) =>
      method.id === methodId &&
      executed === executeSteps &&
      queries.length > 0 &&
      queries.every(({ step }) => denseFrames.has(step)),
  )
  if (covered) return covered.queries.map(({ step }) => step)
  const known = [...denseFrames.keys()].sort((a, b) => a - b)
  const regular = known.filter((step) => step % executeSteps === 0)
  return regular.length >= known.length / 2 ? regular : known
}
