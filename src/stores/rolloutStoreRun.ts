import type { ParameterValue } from '../core/pruning/parameters.ts'
import type { DeviceInfo, QueryRecord, RunRecord } from '../core/schema/runRecord.ts'

/** A method with complete settings, as one side of a comparison. */
export interface RolloutSetting {
  /** Unique within a plan. */
  id: string
  title: string
  methodId: string
  presetId: string | undefined
  parameters: Readonly<Record<string, ParameterValue>>
}

/** What a comparison plays: each setting on each seed. */
export interface RolloutPlan {
  suite: string
  firstSeed: number
  seedCount: number
  /** The first is the reference of the pairs. */
  settings: readonly RolloutSetting[]
  /** Actions of a chunk executed before the next query. */
  executeSteps: number
  /** Seed of the methods' own randomness. */
  methodSeed: number
  /** Control steps after which an episode counts as failed; undefined: the suite's own number. */
  horizonSteps: number | undefined
}

/** One episode of a plan. */
export interface RolloutJob {
  seed: number
  setting: RolloutSetting
}

/** How an episode went. */
export interface RolloutEpisode {
  seed: number
  settingId: string
  success: boolean
  /** Failure class of the simulator. */
  failure: string | undefined
  instruction: string
  steps: number
  replans: number
  /** Records without scores: what was kept, how long it took, which chunk came out. */
  queries: readonly QueryRecord[]
  /** `[steps, 7]`; with the seed they are the whole episode. */
  actions: Float32Array
  /** 1 where the predicate held after the action. */
  successes: Uint8Array
}

/** What a result was made with; printed with its numbers. */
export interface RolloutProvenance {
  /** ISO 8601. */
  createdAt: string
  app: RunRecord['app']
  model: RunRecord['model']
  /** Multiply-accumulates of a query outside the layers. */
  macs: { stemMacs: number; headMacs: number }
  /** Control steps after which an episode counts as failed. */
  horizonSteps: number
  device: DeviceInfo
}

export type RolloutPhase = 'idle' | 'starting' | 'running' | 'paused' | 'stopped' | 'done' | 'failed'

/** A comparison from its start to its end. */
export interface RolloutRun {
  phase: RolloutPhase
  plan: RolloutPlan | undefined
  provenance: RolloutProvenance | undefined
  /** Finished episodes in the order in which they were played. */
  episodes: readonly RolloutEpisode[]
  /** The episode that is being played. */
  current: RolloutJob | undefined
  /** Why it failed. */
  message: string | undefined
}

export const NO_RUN: RolloutRun = {
  phase: 'idle',
  plan: undefined,
  provenance: undefined,
  episodes: [],
  current: undefined,
  message: undefined,
}

/** What happens to a comparison. */
export type RolloutRunEvent =
  | { type: 'start'; plan: RolloutPlan; provenance: RolloutProvenance }
  | { type: 'begin'; job: RolloutJob }
  | { type: 'episode'; episode: RolloutEpisode }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'stop' }
  | { type: 'fail'; message: string }

/** Whether a comparison goes on, now or after a pause. */
export function isActive({ phase }: RolloutRun): boolean {
  return phase === 'starting' || phase === 'running' || phase === 'paused'
}

/** The comparison after an event. An event that does not fit the phase changes nothing: clicks and answers may cross. */
export function advanceRun(run: RolloutRun, event: RolloutRunEvent): RolloutRun {
  switch (event.type) {
    case 'start':
      if (isActive(run)) return run
      return { ...NO_RUN, phase: 'starting', plan: event.plan, provenance: event.provenance }
    case 'begin':
      if (!isActive(run)) return run
      return { ...run, phase: run.phase === 'paused' ? 'paused' : 'running', current: event.job }
    case 'episode':
      return isActive(run) ? withEpisode(run, event.episode) : run
    case 'pause':
      return run.phase === 'running' ? { ...run, phase: 'paused' } : run
    case 'resume':
      return run.phase === 'paused' ? { ...run, phase: 'running' } : run
    case 'stop':
      return isActive(run) ? { ...run, phase: 'stopped', current: undefined } : run
    case 'fail':
      return isActive(run) ? { ...run, phase: 'failed', current: undefined, message: event.message } : run
  }
}

function withEpisode(run: RolloutRun, episode: RolloutEpisode): RolloutRun {
  const next = { ...run, episodes: [...run.episodes, episode], current: undefined }
  return nextJob(next) ? next : { ...next, phase: 'done' }
}

/** All episodes of a plan: the settings of one seed follow each other, so that pairs are complete early and age together. */
export function jobsOf({ firstSeed, seedCount, settings }: RolloutPlan): RolloutJob[] {
  return Array.from({ length: seedCount }, (_, i) => firstSeed + i).flatMap((seed) =>
    settings.map((setting) => ({ seed, setting })),
  )
}

/** The first episode that has not been played; undefined at the end. */
export function nextJob({ plan, episodes }: RolloutRun): RolloutJob | undefined {
  return plan && jobsOf(plan).at(episodes.length)
}
