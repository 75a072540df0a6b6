import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PolicyEngine } from '../core/policy/engine.ts'
import { captureDense } from './captureDense.ts'
import { PlainGraph } from './engines/chunkGraph.ts'
import { DenseEngine } from './engines/denseEngine.ts'
import type { ModelFiles } from './model.ts'
import { loadModelDirectory } from './node/loadDirectory.ts'
import { createGraphSession, type OrtApi, type OrtSession, type SessionSettings } from './ort.ts'
import { TINY_MODEL } from './testing/paths.ts'

const PLAIN: SessionSettings = { provider: 'cpu', gpuResident: false, intraOpThreads: 1 }

/** A buffer of a GPU that this machine does not have: memory that the queue writes. */
interface FakeBuffer {
  bytes: Uint8Array
  destroyed: boolean
}

/** What a GPU and its onnxruntime do as far as capture is concerned, computed on the processor. */
function fakeGpu(native: OrtApi, replay: (chunk: Float32Array, run: number) => Float32Array) {
  const buffers: FakeBuffer[] = []
  const options: unknown[] = []
  const device = {
    createBuffer({ size }: { size: number }) {
      const buffer = { bytes: new Uint8Array(size), destroyed: false, destroy: () => (buffer.destroyed = true) }
      buffers.push(buffer)
      return buffer
    },
    queue: {
      writeBuffer(buffer: FakeBuffer, offset: number, data: Float32Array) {
        buffer.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
      },
    },
  } as unknown as GPUDevice
  interface GpuTensor {
    buffer: FakeBuffer
    dataType: 'float32' | 'int32'
    dims: number[]
  }
  const fromGpuBuffer = (buffer: FakeBuffer, { dataType, dims }: Omit<GpuTensor, 'buffer'>) => ({
    buffer,
    dataType,
    dims,
  })
  const toTensor = ({ buffer, dataType, dims }: GpuTensor) =>
    dataType === 'int32'
      ? new native.Tensor('int32', new Int32Array(buffer.bytes.slice().buffer), dims)
      : new native.Tensor('float32', new Float32Array(buffer.bytes.slice().buffer), dims)
  const create = async (...args: Parameters<OrtApi['InferenceSession']['create']>) => {
    options.push(args[1])
    const { enableGraphCapture: _, preferredOutputLocation: __, ...rest } = args[1] as Record<string, unknown>
    const session = await native.InferenceSession.create(args[0], rest)
    let runs = 0
    const run = async (feeds: Record<string, GpuTensor>, fetches: string[]) => {
      const named = Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)] as const)
      const { chunk } = await session.run(Object.fromEntries(named), fetches)
      const data = replay((chunk.data as Float32Array).slice(), ++runs)
      return { chunk: { type: 'float32', getData: () => Promise.resolve(data) } }
    }
    return { run, release: () => session.release() } as unknown as OrtSession
  }
  const api = { Tensor: { fromGpuBuffer }, InferenceSession: { create } } as unknown as OrtApi
  // The inputs are made as on any backend.
  Object.assign(api, { Tensor: Object.assign(native.Tensor, { fromGpuBuffer }) })
  return { api, buffers, options, settings: { ...PLAIN, gpuResident: true, device } satisfies SessionSettings }
}

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
