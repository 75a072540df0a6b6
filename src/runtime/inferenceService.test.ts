import * as ort from 'onnxruntime-node'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { QueryRecord } from '../core/schema/runRecord.ts'
import type { Backend, BackendRequest } from './device/openBackend.ts'
import { createInferenceService } from './inferenceService.ts'
import { LoadError } from './loader/loadError.ts'
import type { ModelFiles } from './model.ts'
import { loadModelDirectory } from './node/loadDirectory.ts'
import type { OrtApi, OrtSession } from './ort.ts'
import type {
  BackendRung,
  BenchmarkSample,
  InferenceService,
  LoadProgress,
  ReplayEvent,
  ReplayRequest,
} from './protocol.ts'
import { fakeEpisode } from './testing/fakeEpisode.ts'
import { TINY_MODEL } from './testing/paths.ts'

const episode = fakeEpisode(20)
const replayRequest = { episodeKey: episode.key, methodId: 'stride', parameters: {}, executeSteps: 8, seed: 1 }
const noProgress = () => {}

/** A ladder of the processor in disguise: its "GPU" can be lost, wrong, or refuse to start. */
function fakeLadder() {
  const opened: { rung: BackendRung; subgroups: boolean }[] = []
  const faults = {
    runsUntilLoss: Number.POSITIVE_INFINITY,
    losses: 0,
    wrongWith: 'nothing' as 'nothing' | 'subgroups' | 'all',
    refuses: false,
  }
  let active = 0
  const wrap = (session: OrtSession, onGpu: boolean, wrong: boolean): OrtSession =>
    ({
      ...session,
      release: () => session.release(),
      async run(feeds: Parameters<OrtSession['run']>[0], fetches: Parameters<OrtSession['run']>[1]) {
        if (++active > 1) throw new Error('Two calls overlap.')
        try {
          if (onGpu && faults.losses > 0 && faults.runsUntilLoss-- <= 0) {
            faults.losses--
            faults.runsUntilLoss = 40
            throw new Error('the device was lost')
          }
          const outputs = await session.run(feeds, fetches)
          if (wrong && outputs.chunk) (outputs.chunk.data as Float32Array)[0] += 0.5
          return outputs
        } finally {
          active--
        }
      },
    }) as unknown as OrtSession
  const open = async ({ forced, ruledOut, subgroups = true }: BackendRequest): Promise<Backend> => {
    const rung = forced ?? (ruledOut?.webgpu ? 'wasm' : 'webgpu')
    opened.push({ rung, subgroups })
    const onGpu = rung === 'webgpu'
    const wrong = onGpu && (faults.wrongWith === 'all' || (faults.wrongWith === 'subgroups' && subgroups))
    const create = async (...args: Parameters<OrtApi['InferenceSession']['create']>) => {
      if (onGpu && faults.refuses) throw new Error('no shader for this')
      return wrap(await ort.InferenceSession.create(...args), onGpu, wrong)
    }
    return {
      choice: {
        rung,
        rejected: ruledOut?.webgpu ? [{ rung: 'webgpu', reason: ruledOut.webgpu }] : [],
        device: { backend: rung, agent: 'test' },
        softwareAdapter: false,
      },
      ort: { Tensor: ort.Tensor, InferenceSession: { create } } as unknown as OrtApi,
      settings: { provider: 'cpu', gpuResident: false, intraOpThreads: 1 },
      subgroups,
      lost: new Promise<never>(() => {}),
      close: () => {},
    }
  }
  return { open, opened, faults }
}

describe('inference service', () => {
  let files: ModelFiles
  let ladder: ReturnType<typeof fakeLadder>
  let service: InferenceService
  beforeAll(async () => {
    files = await loadModelDirectory(TINY_MODEL)
  })
  afterEach(() => service.dispose())

  function start(): InferenceService {
    ladder = fakeLadder()
    service = createInferenceService({
      openBackend: (request) => ladder.open(request),
      loadFiles: async ({ signal, onProgress }) => {
        onProgress({ phase: 'download', loadedBytes: 5, totalBytes: 5, cachedBytes: 5 })
        await Promise.resolve()
        if (signal.aborted) throw new LoadError('cancelled', 'Loading was cancelled.')
        return files
      },
      warmUp: { budgetMs: 0, minRuns: 1 },
    })
    return service
  }
  const load = (backend?: BackendRung, onProgress: (progress: LoadProgress) => void = noProgress) =>
    service.load({ manifestUrl: 'test:', ...(backend ? { backend } : {}) }, onProgress)

  it('loads, checks and replays', async () => {
    start()
    const phases: string[] = []
    const model = await load(undefined, ({ phase }) => phases.push(phase))
    expect(model).toMatchObject({ choice: { rung: 'webgpu' }, golden: { status: 'passed' } })
    expect(phases).toEqual(['download', 'compile', 'golden', 'warm-up'])
    await service.openEpisode(episode)
    const events: ReplayEvent[] = []
    expect(await service.replay(replayRequest, (event) => events.push(event))).toEqual({ status: 'done' })
    expect(events.map((event) => event.type)).toEqual(['query', 'dense', 'query', 'dense', 'query', 'dense'])
    events.length = 0
    await service.replay({ ...replayRequest, methodId: 'random', seed: 2 }, (event) => events.push(event))
    expect(events.map((event) => event.type)).toEqual(['dense', 'query', 'dense', 'query', 'dense', 'query'])
  })

  it('shows the policy greyed patches and another instruction, to the dense engine as well', async () => {
    start()
    await load()
    await service.openEpisode(episode)
    const chunksOf = async (edit: { forced?: string; instruction?: string }) => {
      const chunks: string[] = []
      const outcome = await service.replay({ ...replayRequest, ...edit }, (event) => {
        if (event.type === 'query') chunks.push(event.record.chunk)
        else if (event.type === 'dense') chunks.push(`dense ${event.frame.chunk.join()}`)
      })
      return { outcome, chunks: chunks.sort() }
    }
    const plain = await chunksOf({})
    const greyed = await chunksOf({ forced: 'G7' })
    const word = files.manifest.input.vocabulary.at(1) ?? ''
    const asked = await chunksOf({ instruction: word })
    for (const { chunks } of [greyed, asked]) {
      expect(chunks).toHaveLength(plain.chunks.length)
      for (const chunk of chunks) expect(plain.chunks).not.toContain(chunk)
    }
    // Nothing of the edits stays behind.
    expect(await chunksOf({ forced: '', instruction: '' })).toEqual(plain)
    const unknown = await chunksOf({ instruction: 'zzz' })
    expect(unknown.outcome).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('does not know “zzz”. It knows: ') as unknown,
    })
  })

  it('lets the newest replay win and never overlaps calls', async () => {
    start()
    await load()
    await service.openEpisode(episode)
    const outcomes = await Promise.all([1, 2, 3].map((seed) => service.replay({ ...replayRequest, seed }, noProgress)))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['aborted', 'aborted', 'done'])
    const running = service.replay(replayRequest, () => service.cancel())
    expect(await running).toEqual({ status: 'aborted' })
  })

  it('opens a lost GPU again, then steps down, and goes on from the same query', async () => {
    start()
    await load()
    await service.openEpisode(episode)
    Object.assign(ladder.faults, { losses: 2, runsUntilLoss: 3 })
    const events: ReplayEvent[] = []
    expect(await service.replay(replayRequest, (event) => events.push(event))).toEqual({ status: 'done' })
    const steps = events.flatMap((event) => (event.type === 'query' ? [event.record.step] : []))
    expect(steps).toEqual([0, 8, 16])
    const changes = events.flatMap((event) => (event.type === 'backend' ? [event] : []))
    expect(changes.map(({ choice }) => choice.rung)).toEqual(['webgpu', 'wasm'])
    expect(changes[0].reason).toBe('The GPU failed in the middle of a query. It was opened again.')
    expect(changes[1].reason).toMatch(/The processor took over/)
    expect(ladder.opened.map(({ rung }) => rung)).toEqual(['webgpu', 'webgpu', 'wasm'])
  })

  it('turns subgroups off when they give wrong results, and the GPU if that does not help', async () => {
    start()
    ladder.faults.wrongWith = 'subgroups'
    expect(await load()).toMatchObject({ choice: { rung: 'webgpu' }, golden: { status: 'passed' } })
    expect(ladder.opened).toEqual([
      { rung: 'webgpu', subgroups: true },
      { rung: 'webgpu', subgroups: false },
    ])
    ladder.faults.wrongWith = 'all'
    const { choice, golden } = await load()
    expect(golden.status).toBe('passed')
    expect(choice).toMatchObject({
      rung: 'wasm',
      rejected: [{ reason: expect.stringMatching(/wrong by 0\.5/) as string }],
    })
    expect(await load('webgpu')).toMatchObject({ choice: { rung: 'webgpu' }, golden: { status: 'failed' } })
  })

  it('steps down when the model does not start, and fails when that backend was asked for', async () => {
    start()
    ladder.faults.refuses = true
    expect((await load()).choice.rung).toBe('wasm')
    await expect(load('webgpu')).rejects.toThrow(/could not be started on webgpu: no shader for this/)
  })

  it('can be cancelled while loading', async () => {
    start()
    const loading = load(undefined, ({ phase }) => phase === 'golden' && service.cancelLoad())
    await expect(loading).rejects.toMatchObject({ name: 'LoadError', code: 'cancelled' })
    const early = load()
    service.cancelLoad()
    await expect(early).rejects.toMatchObject({ code: 'cancelled' })
    expect((await load()).golden.status).toBe('passed')
  })

  it('runs the fused engine where it is asked for, or on a GPU, and where the method fits into the graph', async () => {
    start()
    const fits = { methodId: 'specprune', parameters: { staticCount: 170 } }
    const enginesOf = async (request: Partial<ReplayRequest>) => {
      const events: ReplayEvent[] = []
      const outcome = await service.replay({ ...replayRequest, ...request }, (event) => events.push(event))
      expect(outcome).toEqual({ status: 'done' })
      return events.flatMap((event) => (event.type === 'query' ? [event.record.engine] : []))
    }
    await load('webgpu')
    await service.openEpisode(episode)
    expect(await enginesOf(fits)).toEqual(['fused', 'fused', 'fused'])
    expect(await enginesOf({ ...fits, engine: 'layered' })).toEqual(['layered', 'layered', 'layered'])
    expect(await enginesOf({ methodId: 'random' })).toEqual(['layered', 'layered', 'layered'])
    expect(await enginesOf({ methodId: 'dense', engine: 'fused' })).toEqual(['dense', 'dense', 'dense'])
    await load('wasm')
    expect(await enginesOf(fits)).toEqual(['layered', 'layered', 'layered'])
    expect(await enginesOf({ ...fits, engine: 'fused' })).toEqual(['fused', 'fused', 'fused'])
    const records: QueryRecord[] = []
    await service.replay({ ...replayRequest, engine: 'fused' }, (event) => {
      if (event.type === 'query') records.push(event.record)
    })
    expect(records[0]).toMatchObject({
      engine: 'layered',
      fusedObstacle: expect.stringMatching(/staticCount/) as string,
    })
  })

  it('explains what is missing instead of throwing', async () => {
    start()
    const outcome = (request: Partial<typeof replayRequest>) =>
      service.replay({ ...replayRequest, ...request }, noProgress)
    expect(await outcome({})).toEqual({ status: 'failed', message: 'No model is loaded yet.' })
    await load()
    expect(await outcome({})).toEqual({ status: 'failed', message: 'The episode fake/0 is not open.' })
    await service.openEpisode(episode)
    expect(await outcome({ methodId: 'magic' })).toMatchObject({
      message: expect.stringMatching(/Unknown method "magic"/) as string,
    })
    expect(await outcome({ parameters: { keep: 7 } })).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/keep/) as string,
    })
  })

  it('benchmarks the contenders interleaved, in a seeded order, on the same observations', async () => {
    start()
    await load()
    await service.openEpisode(episode)
    const run = async () => {
      const samples: BenchmarkSample[] = []
      const { methodId, parameters, seed, episodeKey } = replayRequest
      const request = { methodId, parameters, seed, episodeKey, rounds: 6 }
      expect(await service.benchmark(request, (sample) => samples.push(sample))).toEqual({ status: 'done' })
      return samples
    }
    const samples = await run()
    expect(samples).toHaveLength(18)
    for (let round = 0; round < 6; round++) {
      const trio = samples.slice(round * 3, round * 3 + 3)
      expect(trio.map(({ engine }) => engine).sort()).toEqual(['dense', 'keep-all', 'pruned'])
      expect(new Set(trio.map(({ step }) => step)).size).toBe(1)
      expect(trio[0].step).toBeGreaterThan(0)
    }
    const order = (list: BenchmarkSample[]) => list.map(({ engine, step }) => `${engine}@${step}`)
    expect(order(await run())).toEqual(order(samples))
  })
})
