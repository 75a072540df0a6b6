import { beforeEach, describe, expect, it } from 'vitest'
import type { QueryRecord, RunRecord } from '../core/schema/runRecord.ts'
import { measuredRun, queryAtFrame, shownRun, useRunStore } from './runStore.ts'

function query(index: number, step: number): QueryRecord {
  return {
    index,
    step,
    replan: false,
    notes: {},
    chunk: '',
    tokensPerLayer: [],
    decisions: [],
    latencyMs: 1,
    stagesMs: { observe: 0, select: 0, embed: 0, layers: 0, head: 0 },
  }
}

const run = (id: string, ...queries: QueryRecord[]) =>
  ({ method: { id }, executeSteps: 8, queries }) as unknown as RunRecord
const runs = useRunStore.getState

beforeEach(() => {
  useRunStore.setState(useRunStore.getInitialState(), true)
})

describe('run store', () => {
  it('shows the recorded run first, as an answer to the settings it was made with', () => {
    runs().setRecorded(run('recorded', query(0, 0)), 0)
    expect(shownRun(runs())).toMatchObject({ origin: 'recorded', stale: false })
    runs().want(1)
    expect(shownRun(runs())).toMatchObject({ origin: 'recorded', stale: true })
  })

  it('puts a preview over a stale run, but only where nothing is measured', () => {
    runs().setRecorded(run('recorded', query(0, 0)), 0)
    runs().want(1)
    runs().setPreview({ run: run('preview', query(0, 0)), revision: 1 })
    expect(shownRun(runs())).toMatchObject({ origin: 'preview', stale: false })
    expect(measuredRun(runs())).toMatchObject({ origin: 'recorded', stale: true })
  })

  it('answers frames from a streaming run as far as it has come', () => {
    runs().setPreview({ run: run('preview', query(0, 0), query(1, 8)), revision: 0 })
    runs().startLive(run('live'), 0, 2)
    runs().addLive({ queries: [query(0, 0)], denseFrames: [] }, 0)
    expect(queryAtFrame(runs(), 0)).toMatchObject({ origin: 'live' })
    expect(queryAtFrame(runs(), 9)).toMatchObject({ origin: 'preview', query: { index: 1 } })
    runs().addLive({ queries: [query(1, 8)], denseFrames: [] }, 0)
    runs().setProgress({ status: 'done', total: 2 })
    expect(queryAtFrame(runs(), 15)).toMatchObject({ origin: 'live', query: { index: 1 } })
  })

  it('drops events of superseded runs', () => {
    runs().startLive(run('first'), 1, 2)
    runs().startLive(run('second'), 2, 2)
    runs().addLive({ queries: [query(0, 0)], denseFrames: [] }, 1)
    expect(runs().live?.run.queries).toEqual([])
  })

  it('keeps the run before on the screen, dimmed, until the new one has an answer', () => {
    runs().startLive(run('first'), 0, 1)
    runs().addLive({ queries: [query(0, 0)], denseFrames: [] }, 0)
    runs().want(1)
    runs().startLive(run('second'), 1, 1)
    expect(measuredRun(runs())).toMatchObject({ stale: true, run: { method: { id: 'first' } } })
    runs().addLive({ queries: [query(0, 0)], denseFrames: [] }, 1)
    expect(measuredRun(runs())).toMatchObject({ stale: false, run: { method: { id: 'second' } } })
  })

  it('fills the dense answer into a query that came before it', () => {
    runs().startLive(run('live'), 0, 1)
    runs().addLive({ queries: [query(0, 0)], denseFrames: [] }, 0)
    const scores = new Float32Array(4)
    const frame = { step: 0, chunk: new Float32Array(7), latencyMs: 3, textScores: scores, actionScores: scores }
    runs().addLive({ queries: [], denseFrames: [frame] }, 0)
    expect(runs().live?.run.queries[0]).toMatchObject({ denseLatencyMs: 3, denseChunk: expect.any(String) as string })
  })
})
