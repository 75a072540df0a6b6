import type { OrtApi, OrtSession, SessionSettings } from '../ort.ts'

/** A buffer of a GPU that this machine does not have: memory that the queue writes. */
interface FakeBuffer {
  bytes: Uint8Array
  destroyed: boolean
}

/** How the plain graphs run beside it. */
export const PLAIN: SessionSettings = { provider: 'cpu', gpuResident: false, intraOpThreads: 1 }

/**
 * What a GPU and its onnxruntime do as far as capture is concerned, computed on the processor.
 * @param replay turns what the graph gives in a run, counted from 1, into what comes out
 */
export function fakeGpu(native: OrtApi, replay: (values: Float32Array, run: number) => Float32Array) {
  const buffers: FakeBuffer[] = []
  const options: unknown[] = []
  const device = {
    createBuffer({ size }: { size: number }) {
      if (size % 16 !== 0) throw new Error(`A shader would read beyond the end of a buffer of ${size} bytes.`)
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
  const toTensor = ({ buffer, dataType, dims }: GpuTensor) => {
    const size = 4 * dims.reduce((product, dim) => product * dim, 1)
    const { buffer: memory } = buffer.bytes.slice(0, size)
    return dataType === 'int32'
      ? new native.Tensor('int32', new Int32Array(memory), dims)
      : new native.Tensor('float32', new Float32Array(memory), dims)
  }
  const create = async (...args: Parameters<OrtApi['InferenceSession']['create']>) => {
    options.push(args[1])
    const { enableGraphCapture: _, preferredOutputLocation: __, ...rest } = args[1] as Record<string, unknown>
    const session = await native.InferenceSession.create(args[0], rest)
    let runs = 0
    const run = async (feeds: Record<string, GpuTensor>, fetches: string[]) => {
      const named = Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)] as const)
      const [name] = fetches
      const output = (await session.run(Object.fromEntries(named), fetches))[name]
      const data = replay((output.data as Float32Array).slice(), ++runs)
      return { [name]: { type: 'float32', getData: () => Promise.resolve(data) } }
    }
    return { run, release: () => session.release() } as unknown as OrtSession
  }
  const api = { Tensor: { fromGpuBuffer }, InferenceSession: { create } } as unknown as OrtApi
  // The inputs are made as on any backend.
  Object.assign(api, { Tensor: Object.assign(native.Tensor, { fromGpuBuffer }) })
  return { api, buffers, options, settings: { ...PLAIN, gpuResident: true, device } satisfies SessionSettings }
}
