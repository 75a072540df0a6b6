import { motionOf } from '../../core/controller/actionAware.ts'
import type { ControllerMode } from '../../core/pruning/contract.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import type { TableRow } from './DataTable.tsx'
import { formatCount } from './format.ts'
import { axisTicks } from '../../ui/axisTicks.ts'

/** Frames [from, to) that ran in one mode. */
export interface ModeBand {
  mode: ControllerMode
  from: number
  to: number
}

export interface SpeedPoint {
  step: number
  /** In action units: 1 is the largest step of one action. */
  speed: number
}

export interface LookBackPoint {
  step: number
  steps: number | undefined
}

export interface ControllerModel {
  bands: readonly ModeBand[]
  /** Share of the frames so far that ran in fine mode. */
  fineShare: number
  speeds: readonly SpeedPoint[]
  /** What `speeds` holds: the translation of each action, or the distance between two queries. */
  speedKind: 'action' | 'query'
  speedTicks: readonly number[]
  /** v_t below which fine mode may begin; known only for methods that have it and only per action. */
  threshold: number | undefined
  lookBack: readonly LookBackPoint[]
  lookBackTicks: readonly number[]
  /** Frames at which the rest of a chunk was thrown away. */
  replans: readonly number[]
  rows: readonly TableRow[]
}

/**
 * What the controller chart draws; undefined for methods without a controller.
 * @param actions `[frames, 7]`, the executed actions, if the recording is open: gives the speed of every frame
 */
export function createControllerModel(
  run: RunRecord,
  frameCount: number,
  actions: Float32Array | undefined,
): ControllerModel | undefined {
  const { queries } = run
  if (!queries.some(({ notes }) => notes.mode !== undefined || notes.speed !== undefined)) return undefined
  const bands = modeBands(queries, run.executeSteps, frameCount)
  const covered = bands.reduce((sum, { from, to }) => sum + to - from, 0)
  const fine = bands.reduce((sum, { mode, from, to }) => sum + (mode === 'fine' ? to - from : 0), 0)
  const speeds = actions ? actionSpeeds(actions, frameCount) : querySpeeds(queries)
  const lookBack = queries.map(({ step, notes }): LookBackPoint => ({ step, steps: notes.lookBackSteps }))
  const { fineTranslation } = run.method.parameters
  const threshold = actions && typeof fineTranslation === 'number' ? fineTranslation : undefined
  return {
    bands,
    fineShare: covered > 0 ? fine / covered : 0,
    speeds,
    speedKind: actions ? 'action' : 'query',
    speedTicks: axisTicks(
      speeds.reduce((max, { speed }) => Math.max(max, speed), threshold ?? 0),
      3,
    ),
    threshold,
    lookBack,
    lookBackTicks: axisTicks(
      lookBack.reduce((max, { steps }) => Math.max(max, steps ?? 0), 1),
      2,
    ),
    replans: queries.filter(({ replan }) => replan).map(({ step }) => step),
    rows: queries.map(toRow),
  }
}

/** Neighbouring queries of one mode as one band; the last reaches as far as its chunk. */
export function modeBands(queries: readonly QueryRecord[], executeSteps: number, frameCount: number): ModeBand[] {
  const bands: ModeBand[] = []
  queries.forEach(({ step, notes: { mode } }, i) => {
    if (mode === undefined) return
    const to = Math.min(frameCount, queries[i + 1]?.step ?? step + executeSteps)
    const last = bands.at(-1)
    if (last?.mode === mode && last.to === step) last.to = to
    else bands.push({ mode, from: step, to })
  })
  return bands
}

function actionSpeeds(actions: Float32Array, frameCount: number): SpeedPoint[] {
  const count = Math.min(frameCount, Math.floor(actions.length / ACTION_SIZE))
  return Array.from({ length: count }, (_, step) => {
    const action = actions.subarray(step * ACTION_SIZE, (step + 1) * ACTION_SIZE)
    return { step, speed: motionOf(action).translation }
  })
}

function querySpeeds(queries: readonly QueryRecord[]): SpeedPoint[] {
  return queries.flatMap(({ step, notes: { speed } }) => (speed === undefined ? [] : [{ step, speed }]))
}

function toRow({ step, replan, notes: { mode, speed, lookBackSteps, warmUp } }: QueryRecord): TableRow {
  const lookBack = lookBackSteps === undefined ? '–' : formatCount(lookBackSteps)
  return {
    key: step,
    frame: step,
    cells: [
      mode ?? '–',
      speed === undefined ? '–' : speed.toFixed(2),
      warmUp ? 'no history' : lookBack,
      replan ? 'yes' : 'no',
    ],
  }
}

/** Headings of the table twin, after the frame's. */
export const CONTROLLER_COLUMNS = [
  'Mode',
  'Distance since last query (action units)',
  'Look-back (frames)',
  'Replanned',
] as const

/** One sentence with the chart's message. */
export function describeController({ fineShare, replans, bands }: ControllerModel): string {
  const changes = Math.max(0, bands.length - 1)
  return `Fine mode in ${Math.round(fineShare * 100)} % of frames, ${plural(changes, 'change')} of mode, ${plural(replans.length, 'replan')}.`
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
