import * as ort from 'onnxruntime-node'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { QueryResult } from '../core/policy/engine.ts'
import { parseMethod, startMethod } from '../core/pruning/registry.ts'
import { fusedCapture } from './captureFused.ts'
import { FusedEngine } from './engines/fusedEngine.ts'
import { LazySession } from './engines/lazySession.ts'
import { maxDifference } from './golden.ts'
import type { ModelFiles } from './model.ts'
import { loadModelDirectory } from './node/loadDirectory.ts'
import { OpenLoopWalk } from './openLoopWalk.ts'
import { createGraphSession, type OrtApi } from './ort.ts'
import { fakeEpisode } from './testing/fakeEpisode.ts'
import { fakeGpu, PLAIN } from './testing/fakeGpu.ts'
import { TINY_MODEL } from './testing/paths.ts'

const native = ort as unknown as OrtApi
const FRAMES = 48
const EXECUTED = 8

describe('the captured fused graph', { timeout: 120_000 }, () => {
  let files: ModelFiles
  const engines: FusedEngine[] = []
  beforeAll(async () => (files = await loadModelDirectory(TINY_MODEL)))
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.dispose()
  })

  function plainEngine(): FusedEngine {
    const { fused } = files.graphs
    const plan = files.manifest.graphs.fused
    if (!fused || !plan) throw new Error('The tiny model has no fused graph.')
    const outputs = { cpu: ['chunk', 'record'] }
    const session = new LazySession(() => createGraphSession(native, fused, files.weights, PLAIN, outputs))
    const engine = new FusedEngine(native, files.manifest, plan, session)
    engines.push(engine)
    return engine
  }

  function capturingEngine(gpu: ReturnType<typeof fakeGpu>): FusedEngine {
    const engine = plainEngine()
    const capture = fusedCapture(gpu.api, files, gpu.settings)
    if (!capture) throw new Error('There is a GPU and a fused graph.')
    engine.captureWith(capture)
    return engine
  }

  /** An open-loop run of a method. */
  async function run(engine: FusedEngine, method: string): Promise<QueryResult[]> {
    const { layout, model } = files.manifest
    const session = startMethod(parseMethod(method), { layout, layers: model.layers, seed: 0 })
    const walk = new OpenLoopWalk(fakeEpisode(FRAMES), session, EXECUTED)
    const results: QueryResult[] = []
    while (!walk.done) {
      const observation = walk.begin()
      const result = await engine.query(observation, { session: walk.session })
      results.push(result)
      walk.finish(walk.session, result)
    }
    return results
  }

  /** The ids that each layer ran on and kept, as text: the matcher for equality is slow on arrays. */
  function keptTokens({ layers }: QueryResult): string[] {
    return layers.map(({ visualTokens, decision }) => `${visualTokens}: ${decision?.keep.join() ?? 'all'}`)
  }

  function expectSame(actual: readonly QueryResult[], expected: readonly QueryResult[]): void {
    expect(actual.map(keptTokens)).toEqual(expected.map(keptTokens))
    actual.forEach(({ chunk }, i) => expect(maxDifference(chunk, expected[i].chunk)).toBe(0))
  }

  it('takes over when a shape comes again and again, and gives what the graph gives without capture', async () => {
    const gpu = fakeGpu(native, (values) => values)
    const engine = capturingEngine(gpu)
    const method = 'specprune:paper-v3:staticCount=170'
    const expected = await run(plainEngine(), method)
    const actual = await run(engine, method)
    expectSame(actual, expected)
    expect(engine.captureReport).toEqual({ status: 'on' })
    const captured = actual.map((result) => result.captured === true)
    expect(captured.slice(0, 2)).toEqual([false, false])
    expect(captured.slice(-2)).toEqual([true, true])
    expect(expected.some((result) => result.captured)).toBe(false)

    // What shapes the graph is constant in it, so only the other inputs have buffers; all are made once.
    expect(gpu.options).toHaveLength(1)
    expect(gpu.options[0]).toMatchObject({
      enableGraphCapture: true,
      preferredOutputLocation: { chunk: 'gpu-buffer', record: 'gpu-buffer' },
    })
    expect(gpu.buffers).toHaveLength(7)

    // A new episode begins with another shape for a query or two; the variant stays.
    expectSame(await run(engine, method), expected)
    expectSame(await run(engine, method), expected)
    expect(gpu.options).toHaveLength(1)
  })

  it('makes another variant for other counts or rows, and frees the one before', async () => {
    const gpu = fakeGpu(native, (values) => values)
    const engine = capturingEngine(gpu)
    for (const method of ['specprune:staticCount=170', 'specprune:staticCount=90:scoreRows=action']) {
      expectSame(await run(engine, method), await run(plainEngine(), method))
    }
    expect(gpu.options).toHaveLength(2)
    expect(gpu.buffers.map(({ destroyed }) => destroyed)).toEqual([
      ...Array<boolean>(7).fill(true),
      ...Array<boolean>(7).fill(false),
    ])
    await engine.dispose()
    expect(gpu.buffers.every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('is not used where a replay repeats the first, keeps other tokens, or is refused; nor is another one tried', async () => {
    let first: Float32Array | undefined
    const repeating = fakeGpu(native, (values) => (first ??= values))
    // The record ends with the ids that were kept.
    const otherToken = fakeGpu(native, (values) =>
      values.map((value, i) => (i === values.length - 1 ? value - 1 : value)),
    )
    const refusing = fakeGpu(native, (values) => values)
    refusing.api.InferenceSession.create = () => Promise.reject(new Error('a node is on the processor'))
    const method = 'specprune:staticCount=170'
    const expected = await run(plainEngine(), method)
    for (const gpu of [repeating, otherToken, refusing]) {
      const engine = capturingEngine(gpu)
      const actual = await run(engine, method)
      expectSame(actual, expected)
      expect(engine.captureReport?.status).toBe('off')
      expect(actual.some((result) => result.captured)).toBe(false)
      expect(gpu.buffers.every(({ destroyed }) => destroyed)).toBe(true)
      await run(engine, 'specprune:staticCount=90')
      expect(gpu.options.length).toBeLessThanOrEqual(1)
    }
  })

  it('needs a GPU', () => {
    expect(fusedCapture(native, files, PLAIN)).toBeUndefined()
  })
})
