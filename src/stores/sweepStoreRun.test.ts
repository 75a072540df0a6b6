import { describe, expect, it } from 'vitest'
import type { SweepCell, SweepPlan } from '../data/results/sweep.ts'
import { advanceSweep, describeSweep, NO_SWEEP, settingsOfCell, whyNotHere } from './sweepStoreRun.ts'
import type { SweepRun, SweepRunEvent } from './sweepStoreRun.ts'

const plan = {
  id: 'one',
  model: { id: 'tiny', weightsSha256: 'aa' },
  episode: { dataset: 'object', index: 3, frames: 40 },
  method: { id: 'specprune', preset: 'paper-v3', title: '', parameters: { a: 1, layers: [2, 5] } },
  axes: [{ name: 'a', title: 'A', values: [1, 2, 3] }],
  executeSteps: 4,
  seed: 7,
  forced: '',
  instruction: '',
} as unknown as SweepPlan
const cell = (index: number, elapsedMs = 1000): SweepCell => ({
  index,
  values: { a: index + 1 },
  measuredAt: '',
  elapsedMs,
  status: 'failed',
  message: '',
})
const finish = (index: number): SweepRunEvent => ({ type: 'cell', planId: 'one', cell: cell(index) })
const start: SweepRunEvent = { type: 'start', plan }
const after = (...events: SweepRunEvent[]): SweepRun => events.reduce(advanceSweep, NO_SWEEP)

describe('a sweep', () => {
  it('goes from the start to the last cell', () => {
    expect(after(start, finish(0), finish(1)).phase).toBe('running')
    expect(after(start, finish(0), finish(1), finish(2))).toMatchObject({ phase: 'done', current: undefined })
  })

  it('takes a cell once, and none of another sweep or while it is paused', () => {
    expect(after(start, finish(0), finish(0)).cells).toHaveLength(1)
    expect(after(start, { type: 'cell', planId: 'two', cell: cell(0) }).cells).toEqual([])
    expect(after(start, { type: 'pause' }, finish(0)).cells).toEqual([])
  })

  it('keeps its cells over pause and abort, and goes on only after a pause', () => {
    const paused = after(start, finish(0), { type: 'pause' })
    expect(paused).toMatchObject({ phase: 'paused', cells: [{ index: 0 }] })
    expect(advanceSweep(paused, { type: 'resume' }).phase).toBe('running')
    const aborted = advanceSweep(paused, { type: 'abort' })
    expect(aborted).toMatchObject({ phase: 'aborted', cells: [{ index: 0 }] })
    expect(advanceSweep(aborted, { type: 'resume' })).toBe(aborted)
  })

  it('comes back from an earlier visit: unfinished it waits, ended it stays ended', () => {
    const restore = (aborted: boolean, cells: SweepCell[]) => after({ type: 'restore', kept: { plan, aborted, cells } })
    expect(restore(false, [cell(1)])).toMatchObject({ phase: 'paused', fromEarlier: true })
    expect(restore(true, [cell(1)]).phase).toBe('aborted')
    expect(restore(false, [cell(2), cell(0), cell(1)]).phase).toBe('done')
    const running = after(start)
    expect(advanceSweep(running, { type: 'restore', kept: { plan, aborted: false, cells: [] } })).toBe(running)
  })

  it('says how far it is and how long it takes', () => {
    const run = after(start, finish(0))
    expect(describeSweep(run)).toBe('Running, 1 of 3 cells, about 2 s left')
    const half = advanceSweep(run, { type: 'progress', current: { index: 1, done: 5, total: 10 } })
    expect(describeSweep(advanceSweep(half, finish(1)))).toBe('Running, 2 of 3 cells, about 1 s left')
    expect(describeSweep(run, 'the live run goes first.')).toBe('Waiting, 1 of 3 cells: the live run goes first.')
    expect(describeSweep(after({ type: 'restore', kept: { plan, aborted: false, cells: [cell(0)] } }))).toMatch(
      /earlier visit, 1 of 3 cells/,
    )
  })

  it('opens a cell as the method with its values in place', () => {
    expect(settingsOfCell(plan, cell(1))).toEqual({
      methodId: 'specprune',
      presetId: 'paper-v3',
      parameters: { a: 2, layers: [2, 5] },
      executeSteps: 4,
      seed: 7,
      forced: '',
      instruction: '',
    })
  })

  it('goes on only with its own model and episode', () => {
    const { model, episode } = plan
    expect(whyNotHere(plan, { model, episode })).toBeUndefined()
    expect(whyNotHere(plan, { model: undefined, episode })).toMatch(/not loaded/)
    expect(whyNotHere(plan, { model: { ...model, weightsSha256: 'bb' }, episode })).toMatch(/model tiny/)
    expect(whyNotHere(plan, { model, episode: { ...episode, index: 4 } })).toMatch(/open episode 3 of object/)
    expect(whyNotHere(plan, { model, episode: undefined })).toMatch(/open episode 3/)
  })
})
