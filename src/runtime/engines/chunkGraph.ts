import { floatsOf, InferenceError, runGraph, type OrtApi, type OrtSession, type OrtTensor } from '../ort.ts'
import type { InputTensors } from './observationInputs.ts'

/** A graph from an observation to one vector, for example the chunk of actions, however it is run. */
export interface ChunkGraph<Inputs extends Record<string, OrtTensor> = InputTensors> {
  /** The chunk, row by row, in memory of the caller's own. @throws InferenceError */
  run(inputs: Inputs): Promise<Float32Array>
  release(): Promise<void>
}

/** Runs the graph's operators one by one. */
export class PlainGraph implements ChunkGraph {
  readonly #session: OrtSession

  constructor(session: OrtSession) {
    this.#session = session
  }

  async run(inputs: InputTensors): Promise<Float32Array> {
    const { chunk } = await runGraph(this.#session, inputs, ['chunk'])
    const values = floatsOf(chunk).slice()
    chunk.dispose()
    return values
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

/** `GPUBufferUsage` of an input: a shader reads it, the queue writes it. Numbers, since Node has no such global. */
const INPUT_USAGE = 0x80 | 0x8 | 0x4

/** Shaders read four numbers at a time, also behind the end of a vector. */
const SHADER_STEP = 16

/**
 * Replays the GPU commands that onnxruntime recorded in the first run ("graph capture"): no operator is started from JavaScript
 * or WebAssembly any more. Needs one shape, every operator on the GPU, and the same buffers in every run.
 */
export class CapturedGraph implements ChunkGraph<Record<string, OrtTensor>> {
  readonly #ort: OrtApi
  readonly #device: GPUDevice
  readonly #session: OrtSession
  readonly #output: string
  readonly #inputs = new Map<string, { buffer: GPUBuffer; tensor: OrtTensor }>()

  /**
   * @param session created with capture, its outputs in GPU buffers
   * @param output the one that is read back
   */
  constructor(ort: OrtApi, device: GPUDevice, session: OrtSession, output = 'chunk') {
    this.#ort = ort
    this.#device = device
    this.#session = session
    this.#output = output
  }

  async run(inputs: Record<string, OrtTensor>): Promise<Float32Array> {
    const feeds: Record<string, OrtTensor> = {}
    for (const [name, written] of Object.entries(inputs)) {
      const own = this.#inputs.get(name) ?? this.#makeBuffer(written)
      this.#inputs.set(name, own)
      this.#device.queue.writeBuffer(own.buffer, 0, written.data as Float32Array<ArrayBuffer>)
      feeds[name] = own.tensor
    }
    const output = (await runGraph(this.#session, feeds, [this.#output]))[this.#output]
    // The output is part of what was recorded: it is read, never disposed of. A lost device shows here, not in the run.
    const values = await output.getData().catch((cause: unknown) => {
      throw new InferenceError(cause instanceof Error ? cause.message : String(cause), { cause })
    })
    if (!(values instanceof Float32Array)) throw new Error(`Expected float32 values, got ${output.type}.`)
    return values.slice()
  }

  async release(): Promise<void> {
    await this.#session.release()
    for (const { buffer } of this.#inputs.values()) buffer.destroy()
    this.#inputs.clear()
  }

  #makeBuffer(tensor: OrtTensor): { buffer: GPUBuffer; tensor: OrtTensor } {
    const { byteLength } = tensor.data as Float32Array
    const size = Math.ceil(byteLength / SHADER_STEP) * SHADER_STEP
    const buffer = this.#device.createBuffer({ size, usage: INPUT_USAGE })
    const dataType = tensor.type as 'float32' | 'int32'
    return { buffer, tensor: this.#ort.Tensor.fromGpuBuffer(buffer, { dataType, dims: tensor.dims }) }
  }
}
