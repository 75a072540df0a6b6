import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import type { Preview } from './preview.ts'
import { createPreviewTurns } from './previewTurns.ts'
import type { PreviewJob, PreviewTurns } from './previewTurns.ts'

/** Frames between the queries of a preview. */
const CHUNK = 8

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Previews of four queries, each of which takes so long; the screen is on the third. */
class Bench {
  clockMs = 0
  /** What was shown: of which preview how many queries, and whether that was all. */
  readonly shown: { preview: number; queries: number; isWhole: boolean }[] = []
  begun = 0
  isCurrent = true
  readonly turns: PreviewTurns

  constructor(queryMs: number, { fails = false } = {}) {
    this.turns = createPreviewTurns(
      () => this.#begin(queryMs, fails),
      () => this.clockMs,
    )
  }

  /** Runs one task. */
  task(): void {
    vi.advanceTimersToNextTimer()
  }

  #begin(queryMs: number, fails: boolean): PreviewJob {
    const number = ++this.begun
    const queries: QueryRecord[] = []
    const preview: Preview = {
      nextStep: () => (queries.length < 4 ? CHUNK * queries.length : undefined),
      advance: () => {
        if (fails) throw new Error('No such scores.')
        queries.push({} as QueryRecord)
        this.clockMs += queryMs
      },
      run: () => ({ queries: [...queries] }) as unknown as RunRecord,
    }
    return {
      preview,
      frame: () => 2 * CHUNK,
      isCurrent: () => this.isCurrent,
      show: (run, isWhole) => this.shown.push({ preview: number, queries: run.queries.length, isWhole }),
      giveUp: () => this.shown.push({ preview: number, queries: 0, isWhole: true }),
    }
  }
}

describe('previews in turns', () => {
  it('are on the screen after one task where that is quick, and whole after another', () => {
    const bench = new Bench(1)
    bench.turns.request()
    expect(bench.shown).toEqual([])
    bench.task()
    expect(bench.shown).toEqual([{ preview: 1, queries: 3, isWhole: false }])
    bench.task()
    expect(bench.shown.at(-1)).toEqual({ preview: 1, queries: 4, isWhole: true })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('give the page back in between where that is slow', () => {
    const bench = new Bench(10)
    bench.turns.request()
    bench.task()
    expect([bench.clockMs, bench.shown.length]).toEqual([20, 0])
    bench.task()
    expect([bench.clockMs, bench.shown.length]).toEqual([30, 1])
  })

  it('are shown while a slider is dragged, however slow they are, and the last one in the end', () => {
    const bench = new Bench(10)
    // A step of the slider before every task.
    for (let step = 0; step < 9; step++) {
      bench.turns.request()
      bench.task()
    }
    expect(bench.shown.map(({ preview }) => preview)).toEqual([1, 2, 3, 4])
    vi.runAllTimers()
    expect(bench.shown.at(-1)).toEqual({ preview: bench.begun, queries: 4, isWhole: true })
  })

  it('make way for a newer one once they are on the screen', () => {
    const bench = new Bench(1)
    bench.turns.request()
    bench.task()
    bench.turns.request()
    vi.runAllTimers()
    expect(bench.shown).toEqual([
      { preview: 1, queries: 3, isWhole: false },
      { preview: 2, queries: 3, isWhole: false },
      { preview: 2, queries: 4, isWhole: true },
    ])
  })

  it('are dropped when another episode is opened before they can be seen', () => {
    const bench = new Bench(10)
    bench.turns.request()
    bench.task()
    bench.isCurrent = false
    vi.runAllTimers()
    expect(bench.shown).toEqual([])
  })

  it('are given up where the method needs what was not recorded, and the next one is tried', () => {
    const bench = new Bench(1, { fails: true })
    bench.turns.request()
    vi.runAllTimers()
    expect(bench.shown).toEqual([{ preview: 1, queries: 0, isWhole: true }])
    bench.turns.request()
    vi.runAllTimers()
    expect(bench.shown).toHaveLength(2)
  })
})
