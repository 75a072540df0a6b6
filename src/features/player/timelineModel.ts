import type { ControllerMode } from '../../core/pruning/contract.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'

/** Where a query was made. */
export interface QueryMark {
  index: number
  step: number
  replan: boolean
}

/** A stretch of frames in one mode of the controller. */
export interface ModeBand {
  mode: ControllerMode
  /** First frame. */
  from: number
  /** First frame after the stretch. */
  to: number
}

export interface TimelineModel {
  marks: readonly QueryMark[]
  bands: readonly ModeBand[]
  /** Frames that the run has answered so far. */
  answered: number
}

/** Query marks and mode bands of a run over an episode. */
export function describeTimeline(run: RunRecord | undefined, frameCount: number): TimelineModel {
  if (!run) return { marks: [], bands: [], answered: 0 }
  const bands: ModeBand[] = []
  run.queries.forEach((query, i) => {
    const { mode } = query.notes
    if (mode === undefined) return
    const to = governedUntil(run.queries, i, run.executeSteps, frameCount)
    const last = bands.at(-1)
    if (last?.mode === mode && last.to === query.step) last.to = to
    else bands.push({ mode, from: query.step, to })
  })
  const lastIndex = run.queries.length - 1
  return {
    marks: run.queries.map(({ index, step, replan }) => ({ index, step, replan })),
    bands,
    answered: lastIndex < 0 ? 0 : governedUntil(run.queries, lastIndex, run.executeSteps, frameCount),
  }
}

function governedUntil(queries: readonly QueryRecord[], i: number, executeSteps: number, frameCount: number): number {
  const next = queries.at(i + 1)
  return Math.min(frameCount, next?.step ?? queries[i].step + executeSteps)
}

/** Frame of the query before or after a frame, for jumping; undefined at the ends. @param queries ascending */
export function neighbourQuery(
  queries: readonly { step: number }[],
  frame: number,
  direction: 1 | -1,
): number | undefined {
  const found = direction > 0 ? queries.find(({ step }) => step > frame) : queries.findLast(({ step }) => step < frame)
  return found?.step
}
