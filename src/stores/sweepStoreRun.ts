import type { RunRecord } from '../core/schema/runRecord.ts'
import { countCells, nextCell, timeLeftMs } from '../core/sweep/grid.ts'
import type { KeptSweep, SweepCell, SweepPlan } from '../data/results/sweep.ts'
import type { ParameterValue } from '../core/pruning/parameters.ts'
import type { MethodSettings } from './methodStore.ts'

export type SweepPhase = 'idle' | 'running' | 'paused' | 'aborted' | 'done'

/** The cell under way. */
export interface CellUnderWay {
  index: number
  /** Queries so far, and how many there will be unless the controller replans. */
  done: number
  total: number
}

/** A sweep from its start to its end. */
export interface SweepRun {
  phase: SweepPhase
  plan: SweepPlan | undefined
  /** Finished cells in the order in which they were finished. */
  cells: readonly SweepCell[]
  current: CellUnderWay | undefined
  /** Begun in an earlier visit, and not gone on with yet. */
  fromEarlier: boolean
}

export const NO_SWEEP: SweepRun = { phase: 'idle', plan: undefined, cells: [], current: undefined, fromEarlier: false }

/** What happens to a sweep. */
export type SweepRunEvent =
  | { type: 'start'; plan: SweepPlan }
  | { type: 'restore'; kept: KeptSweep }
  | { type: 'progress'; current: CellUnderWay | undefined }
  | { type: 'cell'; planId: string; cell: SweepCell }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'abort' }

/** Whether a sweep goes on, now or after a pause. */
export function isActive({ phase }: SweepRun): boolean {
  return phase === 'running' || phase === 'paused'
}

/** The sweep after an event. An event that does not fit the phase changes nothing: clicks and answers may cross. */
export function advanceSweep(run: SweepRun, event: SweepRunEvent): SweepRun {
  switch (event.type) {
    case 'start':
      return isActive(run) ? run : { ...NO_SWEEP, phase: 'running', plan: event.plan }
    case 'restore':
      return run.phase === 'idle' ? restored(event.kept) : run
    case 'progress':
      return run.phase === 'running' ? { ...run, current: event.current } : run
    case 'cell':
      return withCell(run, event.planId, event.cell)
    case 'pause':
      return run.phase === 'running' ? { ...run, phase: 'paused', current: undefined } : run
    case 'resume':
      return run.phase === 'paused' ? { ...run, phase: 'running', fromEarlier: false } : run
    case 'abort':
      return isActive(run) ? { ...run, phase: 'aborted', current: undefined } : run
  }
}

function restored({ plan, aborted, cells }: KeptSweep): SweepRun {
  const missing = nextCell(plan.axes, cells) !== undefined
  const phase = missing ? (aborted ? 'aborted' : 'paused') : 'done'
  return { phase, plan, cells, current: undefined, fromEarlier: true }
}

function withCell(run: SweepRun, planId: string, cell: SweepCell): SweepRun {
  if (run.phase !== 'running' || run.plan?.id !== planId) return run
  if (run.cells.some(({ index }) => index === cell.index)) return { ...run, current: undefined }
  const cells = [...run.cells, cell]
  const done = nextCell(run.plan.axes, cells) === undefined
  return { ...run, cells, current: undefined, phase: done ? 'done' : 'running' }
}

/** The exact settings of a cell. */
export function settingsOfCell(plan: SweepPlan, { values }: Pick<SweepCell, 'values'>): MethodSettings {
  const { method, executeSteps, seed, forced, instruction } = plan
  const parameters: Record<string, ParameterValue> = { ...method.parameters, ...values }
  return { methodId: method.id, presetId: method.preset, parameters, executeSteps, seed, forced, instruction }
}

/** What a sweep is doing, in a sentence. @param waiting what goes before it, if something does */
export function describeSweep(run: SweepRun, waiting?: string): string {
  const { phase, plan, cells, current, fromEarlier } = run
  if (!plan) return ''
  const counted = `${cells.length} of ${countCells(plan.axes)} cells`
  switch (phase) {
    case 'idle':
      return ''
    case 'running': {
      if (waiting !== undefined) return `Waiting, ${counted}: ${waiting}`
      const left = timeLeftMs(plan.axes, cells, current ? current.done / Math.max(1, current.total) : 0)
      return `Running, ${counted}${left === undefined ? '' : `, ${formatTime(left)} left`}`
    }
    case 'paused':
      return fromEarlier ? `Kept from an earlier visit, ${counted}. It can go on.` : `Paused, ${counted}`
    case 'aborted':
      return `Aborted after ${counted}; they are kept`
    case 'done':
      return `Done: ${counted}`
  }
}

/** For example "about 40 s" or "about 3 min". */
function formatTime(ms: number): string {
  if (ms < 1000) return 'less than a second'
  return ms < 90_000 ? `about ${Math.ceil(ms / 1000)} s` : `about ${Math.round(ms / 60_000)} min`
}

/** Why a sweep cannot go on with what is open; undefined if it can. */
export function whyNotHere(
  { model, episode }: SweepPlan,
  open: { model: RunRecord['model'] | undefined; episode: RunRecord['episode'] },
): string | undefined {
  if (open.model === undefined) return 'the policy is not loaded.'
  if (open.model.weightsSha256 !== model.weightsSha256) return `it was begun with the model ${model.id}; load that one.`
  const same = open.episode?.dataset === episode.dataset && open.episode.index === episode.index
  if (!same || open.episode?.frames !== episode.frames) {
    return `open episode ${episode.index} of ${episode.dataset}, which it replays.`
  }
  return undefined
}
