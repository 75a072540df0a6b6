import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advanceRun, isActive, jobsOf, nextJob, NO_RUN } from './rolloutStoreRun.ts'
import type { RolloutEpisode, RolloutPlan, RolloutProvenance, RolloutRun, RolloutRunEvent } from './rolloutStoreRun.ts'

const setting = (id: string) => ({ id, title: id, methodId: 'dense', presetId: undefined, parameters: {} })
const plan: RolloutPlan = {
  suite: 'object',
  firstSeed: 5,
  seedCount: 2,
  settings: [setting('a'), setting('b')],
  executeSteps: 8,
  methodSeed: 0,
  horizonSteps: undefined,
}
const provenance = { createdAt: '2026-01-01' } as RolloutProvenance
const episode = (seed: number, settingId: string, success = false): RolloutEpisode => ({
  seed,
  settingId,
  success,
  failure: success ? undefined : 'never-grasped',
  instruction: 'put the red cube in the tray',
  steps: 3,
  replans: 0,
  queries: [],
  actions: new Float32Array(21),
  successes: new Uint8Array(3),
})
const start: RolloutRunEvent = { type: 'start', plan, provenance }

function after(...events: RolloutRunEvent[]): RolloutRun {
  return events.reduce(advanceRun, NO_RUN)
}

describe('a run of a comparison', () => {
  it('plays the settings of one seed one after another', () => {
    const order = jobsOf(plan).map(({ seed, setting: { id } }) => `${seed}${id}`)
    expect(order).toEqual(['5a', '5b', '6a', '6b'])
  })

  it('goes from the start to the end of the plan', () => {
    let run = after(start)
    expect(run.phase).toBe('starting')
    for (let job = nextJob(run); job; job = nextJob(run)) {
      run = advanceRun(run, { type: 'begin', job })
      expect(run).toMatchObject({ phase: 'running', current: job })
      run = advanceRun(run, { type: 'episode', episode: episode(job.seed, job.setting.id) })
    }
    expect(run).toMatchObject({ phase: 'done', current: undefined })
    expect(run.episodes).toHaveLength(4)
  })

  it('stays paused over the end of an episode, and goes on', () => {
    const begun = after(start, { type: 'begin', job: jobsOf(plan)[0] }, { type: 'pause' })
    expect(begun.phase).toBe('paused')
    const next = advanceRun(advanceRun(begun, { type: 'episode', episode: episode(5, 'a') }), {
      type: 'begin',
      job: jobsOf(plan)[1],
    })
    expect(next.phase).toBe('paused')
    expect(advanceRun(next, { type: 'resume' }).phase).toBe('running')
  })

  it('keeps what was played when it is stopped or fails, and drops what comes later', () => {
    const played = after(start, { type: 'episode', episode: episode(5, 'a') })
    for (const event of [{ type: 'stop' }, { type: 'fail', message: 'no' }] as const) {
      const ended = advanceRun(played, event)
      expect(ended.episodes).toHaveLength(1)
      expect(advanceRun(ended, { type: 'episode', episode: episode(5, 'b') })).toBe(ended)
    }
  })

  it('does not start twice', () => {
    const run = after(start)
    expect(advanceRun(run, { ...start, plan: { ...plan, seedCount: 9 } })).toBe(run)
  })

  it('never counts more episodes than planned and never leaves an end but by a start', () => {
    const event = fc.constantFrom<RolloutRunEvent>(
      start,
      { type: 'begin', job: jobsOf(plan)[0] },
      { type: 'episode', episode: episode(5, 'a') },
      { type: 'pause' },
      { type: 'resume' },
      { type: 'stop' },
      { type: 'fail', message: 'x' },
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let run = NO_RUN
        for (const each of events) {
          const next = advanceRun(run, each)
          expect(next.episodes.length).toBeLessThanOrEqual(4)
          if (!isActive(run) && each.type !== 'start') expect(next).toBe(run)
          run = next
        }
      }),
    )
  })
})
