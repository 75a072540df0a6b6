import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PolicyEngine } from '../core/policy/engine.ts'
import { captureDense } from './captureDense.ts'
import { PlainGraph } from './engines/chunkGraph.ts'
import { DenseEngine } from './engines/denseEngine.ts'
import type { ModelFiles } from './model.ts'
import { loadModelDirectory } from './node/loadDirectory.ts'
import { createGraphSession, type OrtApi } from './ort.ts'
import { fakeGpu, PLAIN } from './testing/fakeGpu.ts'
import { TINY_MODEL } from './testing/paths.ts'

describe('the captured dense graph', () => {
  const native = ort as unknown as OrtApi
  let files: ModelFiles
  let plain: PolicyEngine
  beforeAll(async () => {
    files = await loadModelDirectory(TINY_MODEL)
    const session = await createGraphSession(native, files.graphs.dense, files.weights, PLAIN, { cpu: ['chunk'] })
    plain = new DenseEngine(native, files.manifest, new PlainGraph(session))
  })

  it('is used where every replay says the same, always with the same buffers', async () => {
    const gpu = fakeGpu(native, (chunk) => chunk)
    const { engine, report } = await captureDense(gpu.api, files, gpu.settings, plain)
    expect(report).toEqual({ status: 'on' })
    expect(gpu.options[0]).toMatchObject({
      enableGraphCapture: true,
      preferredOutputLocation: { chunk: 'gpu-buffer' },
    })
    expect(gpu.buffers).toHaveLength(3)
    await engine?.dispose()
    expect(gpu.buffers.every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('is not used where a later replay repeats the first', async () => {
    let first: Float32Array | undefined
    const gpu = fakeGpu(native, (chunk) => (first ??= chunk))
    const { engine, report } = await captureDense(gpu.api, files, gpu.settings, plain)
    expect(engine).toBeUndefined()
    expect(report.status === 'off' && report.reason).toContain('differ by')
    expect(gpu.buffers.every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('is not used where a replay is not a number, or where onnxruntime refuses', async () => {
    const broken = fakeGpu(native, (chunk, run) => (run === 3 ? chunk.fill(Number.NaN) : chunk))
    expect((await captureDense(broken.api, files, broken.settings, plain)).report.status).toBe('off')
    const refusing = fakeGpu(native, (chunk) => chunk)
    refusing.api.InferenceSession.create = () => Promise.reject(new Error('a node is on the processor'))
    expect(await captureDense(refusing.api, files, refusing.settings, plain)).toEqual({
      report: { status: 'off', reason: 'a node is on the processor' },
    })
  })
})
