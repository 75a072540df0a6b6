import { floatsOf, InferenceError, runGraph, type OrtApi, type OrtSession, type OrtTensor } from '../ort.ts'
import type { InputTensors } from './observationInputs.ts'

/** A graph from an observation to the chunk of actions, however it is run. */
export interface ChunkGraph {
  /** The chunk, row by row, in memory of the caller's own. @throws InferenceError */
  run(inputs: InputTensors): Promise<Float32Array>
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

/**
 * Replays the GPU commands that onnxruntime recorded in the first run ("graph capture"): no operator is started from JavaScript
 * or WebAssembly any more. Needs one shape, every operator on the GPU, and the same buffers in every run.
 */
export class CapturedGraph implements ChunkGraph {
  readonly #ort: OrtApi
  readonly #device: GPUDevice
  readonly #session: OrtSession
  #buffers: Record<keyof InputTensors, { buffer: GPUBuffer; tensor: OrtTensor }> | undefined

  /** @param session created with capture, its output in a GPU buffer */
  constructor(ort: OrtApi, device: GPUDevice, session: OrtSession) {
    this.#ort = ort
    this.#device = device
    this.#session = session
  }

  async run(inputs: InputTensors): Promise<Float32Array> {
    const own = (this.#buffers ??= {
      images: this.#makeBuffer(inputs.images),
      words: this.#makeBuffer(inputs.words),
      proprio: this.#makeBuffer(inputs.proprio),
    })
    for (const name of ['images', 'words', 'proprio'] as const) {
      this.#device.queue.writeBuffer(own[name].buffer, 0, inputs[name].data as Float32Array<ArrayBuffer>)
    }
    const feeds = { images: own.images.tensor, words: own.words.tensor, proprio: own.proprio.tensor }
    const { chunk } = await runGraph(this.#session, feeds, ['chunk'])
    // The output is part of what was recorded: it is read, never disposed of. A lost device shows here, not in the run.
    const values = await chunk.getData().catch((cause: unknown) => {
      throw new InferenceError(cause instanceof Error ? cause.message : String(cause), { cause })
    })
    if (!(values instanceof Float32Array)) throw new Error(`Expected float32 values, got ${chunk.type}.`)
    return values.slice()
  }

  async release(): Promise<void> {
    await this.#session.release()
    for (const { buffer } of Object.values(this.#buffers ?? {})) buffer.destroy()
    this.#buffers = undefined
  }

  #makeBuffer(tensor: OrtTensor): { buffer: GPUBuffer; tensor: OrtTensor } {
    const { byteLength } = tensor.data as Float32Array
    const buffer = this.#device.createBuffer({ size: byteLength, usage: INPUT_USAGE })
    const dataType = tensor.type as 'float32' | 'int32'
    return { buffer, tensor: this.#ort.Tensor.fromGpuBuffer(buffer, { dataType, dims: tensor.dims }) }
  }
}
