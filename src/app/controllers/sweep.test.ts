// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { encodeFloats } from '../../core/schema/base64.ts'
import type { QueryRecord } from '../../core/schema/runRecord.ts'
import { createLayout } from '../../core/tokens/layout.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import type { InferenceClient } from '../../runtime/client.ts'
import type { LoadedModel, ReplayEvent, ReplayOutcome, ReplayRequest } from '../../runtime/protocol.ts'
import { useBenchmarkStore } from '../../stores/benchmarkStore.ts'
import type { BenchmarkSubject } from '../../stores/benchmarkStore.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import { NO_SWEEP } from '../../stores/sweepStoreRun.ts'
import { useTriedStore } from '../../stores/triedStore.ts'
import { createSweepController } from './sweep.ts'

const layout = createLayout({ views: [{ view: 'front', rows: 4, columns: 4 }], words: 2, queries: 8 })
const manifest = {
  id: 'tiny',
  weights: { sha256: 'aa' },
  model: { layers: 2, width: 8, feedForward: 16 },
  layout,
}
const model = { manifest, choice: { device: { backend: 'wasm', agent: 'test' } } } as unknown as LoadedModel
const frames = { key: 'object/0', frames: 8, instruction: 'put it there' } as unknown as RecordedEpisode
const chunk = encodeFloats(Float32Array.of(0, 0, 0, 0, 0, 0, 1))
const record = {
  step: 0,
  chunk,
  denseChunk: chunk,
  tokensPerLayer: [16, 8],
  latencyMs: 3,
  decisions: [],
} as unknown as QueryRecord

interface Call {
  request: ReplayRequest
  /** Ends the replay as the worker would. */
  end(outcome: ReplayOutcome): Promise<void>
}

/** A worker whose replays end when the test says so. */
function fakeClient() {
  const calls: Call[] = []
  const cancel = vi.fn(() => Promise.resolve())
  const client = {
    openEpisode: () => Promise.resolve(),
    cancel,
    replay: (request: ReplayRequest, onEvent: (event: ReplayEvent) => void) =>
      new Promise<ReplayOutcome>((resolve) => {
        calls.push({
          request,
          end: async (outcome) => {
            if (outcome.status === 'done') onEvent({ type: 'query', record })
            resolve(outcome)
            await settled()
          },
        })
      }),
  }
  return { client: client as unknown as InferenceClient, calls, cancel }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
const sweep = useSweepStore.getState
const request = {
  method: { id: 'stride', title: 'Stride', parameters: { keep: 0.5, removeAfter: 1, budget: 0 } },
  axes: [{ name: 'keep', title: 'Keep', values: [0.25, 0.5] }],
}

describe('a sweep beside other work', () => {
  let worker: ReturnType<typeof fakeClient>

  beforeEach(async () => {
    useSweepStore.setState({ run: NO_SWEEP, waiting: undefined, note: undefined })
    useTriedStore.getState().clear()
    useBenchmarkStore.setState({ state: { status: 'idle' } })
    useSimulatorStore.getState().update({ phase: { status: 'closed' } })
    useMethodStore.getState().apply({ methodId: 'stride', parameters: { keep: 0.5 } })
    useModelStore.getState().setLoad({ status: 'ready', model })
    useEpisodeStore.setState({ load: { status: 'ready', ref: { dataset: 'object', index: 0 }, frames } })
    useRunStore.getState().setProgress({ status: 'done', total: 1 })
    const mine = fakeClient()
    worker = mine
    // The controllers of earlier tests still listen: they have no worker any more.
    await createSweepController(() => (worker === mine ? mine.client : undefined)).start(request)
    await settled()
  })

  it('measures one cell after the other, and each becomes a point of what was tried', async () => {
    expect(worker.calls.map(({ request: { parameters } }) => parameters)).toMatchObject([{ keep: 0.25 }])
    await worker.calls[0].end({ status: 'done' })
    expect(worker.calls[1].request.parameters).toMatchObject({ keep: 0.5, removeAfter: 1 })
    await worker.calls[1].end({ status: 'done' })
    expect(sweep().run).toMatchObject({ phase: 'done', cells: [{ measures: { budget: 0.75, l1: 0 } }, { index: 1 }] })
    expect(useTriedStore.getState().runs).toHaveLength(2)
  })

  it('leaves the worker to a live run, never cancels it, and begins the cell again', async () => {
    useRunStore.getState().setProgress({ status: 'running', done: 0, total: 1 })
    expect(sweep().waiting).toMatch(/live run/)
    expect(worker.cancel).not.toHaveBeenCalled()
    await worker.calls[0].end({ status: 'aborted' })
    expect(worker.calls).toHaveLength(1)
    useRunStore.getState().setProgress({ status: 'done', total: 1 })
    await settled()
    expect(sweep().waiting).toBeUndefined()
    expect(worker.calls[1].request.parameters).toMatchObject({ keep: 0.25 })
  })

  it('waits for a measurement', async () => {
    useBenchmarkStore.getState().start({} as BenchmarkSubject)
    expect(sweep().waiting).toMatch(/measurement/)
    expect(worker.cancel).not.toHaveBeenCalled()
  })

  it('stops a cell when somebody takes turns with it: its times would mean nothing', async () => {
    useSimulatorStore.getState().update({ phase: { status: 'acting' } })
    expect(worker.cancel).toHaveBeenCalledOnce()
    await worker.calls[0].end({ status: 'done' })
    expect(sweep().run.cells).toEqual([])
    useSimulatorStore.getState().update({ phase: { status: 'paused' } })
    await settled()
    expect(worker.calls[1].request.parameters).toMatchObject({ keep: 0.25 })
  })

  it('keeps a cell that cannot run as failed, and goes on', async () => {
    await worker.calls[0].end({ status: 'failed', message: 'Not with this value.' })
    expect(sweep().run.cells).toMatchObject([{ status: 'failed', message: 'Not with this value.' }])
    expect(worker.calls).toHaveLength(2)
  })

  it('waits when another episode is open or the policy is gone', async () => {
    useEpisodeStore.setState({ load: { status: 'none' } })
    expect(sweep().waiting).toMatch(/open episode 0 of object/)
    useModelStore.getState().setLoad({ status: 'failed', message: 'The worker failed.' })
    expect(sweep().waiting).toMatch(/not loaded/)
  })
})
