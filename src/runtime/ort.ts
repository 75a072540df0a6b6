import type * as Ort from 'onnxruntime-web'

/** The part of onnxruntime that the engines use; onnxruntime-web and onnxruntime-node both have it. */
export type OrtApi = Pick<typeof Ort, 'InferenceSession' | 'Tensor'>

export type OrtSession = Ort.InferenceSession
export type OrtTensor = Ort.Tensor

/** Path under which every graph names its weights. */
const WEIGHTS_PATH = 'weights.bin'

/** Only errors are logged: the EP's remarks on node placement are not for people. */
const LOG_ERRORS_ONLY = 3

/** How sessions are created on one backend. */
export interface SessionSettings {
  /**
   * The one execution provider. WebGPU must be given as an object with its device: the string form ignores options,
   * and a list of two would fall back silently.
   */
  provider: Ort.InferenceSession.ExecutionProviderConfig
  /** Keeps hidden states in GPU buffers between graphs; only scores and chunks come back. */
  gpuResident: boolean
  /** The GPU itself, for those who write its buffers; absent on the processor. */
  device?: GPUDevice
  /** Records the GPU commands of the first run and replays them; shapes and buffers must never change. */
  capture?: boolean
  /** Node only; the web build's thread count is global. */
  intraOpThreads?: number
}

/**
 * Creates the session of one graph.
 * @param gpuOutputs outputs that only another graph reads
 */
export function createGraphSession(
  ort: OrtApi,
  graph: Uint8Array,
  weights: Uint8Array,
  settings: SessionSettings,
  outputs: { gpu?: readonly string[]; cpu: readonly string[] },
): Promise<OrtSession> {
  const locations: Record<string, 'cpu' | 'gpu-buffer'> = {}
  for (const name of outputs.cpu) locations[name] = 'cpu'
  for (const name of outputs.gpu ?? []) locations[name] = 'gpu-buffer'
  return ort.InferenceSession.create(graph, {
    executionProviders: [settings.provider],
    externalData: [{ path: WEIGHTS_PATH, data: weights }],
    logSeverityLevel: LOG_ERRORS_ONLY,
    ...(settings.capture ? { enableGraphCapture: true } : {}),
    ...(settings.gpuResident ? { preferredOutputLocation: locations } : {}),
    ...(settings.intraOpThreads ? { intraOpNumThreads: settings.intraOpThreads, interOpNumThreads: 1 } : {}),
  })
}

/** onnxruntime itself failed, as opposed to a selector or an input: on a GPU, the sign of a lost device. */
export class InferenceError extends Error {
  override readonly name = 'InferenceError'
}

/**
 * Runs a graph and returns the outputs that were asked for, and no others.
 * @throws InferenceError if the run fails or an output is missing.
 */
export async function runGraph<Name extends string>(
  session: OrtSession,
  feeds: Record<string, OrtTensor>,
  fetches: readonly Name[],
): Promise<Record<Name, OrtTensor>> {
  const outputs = await session.run(feeds, fetches).catch((cause: unknown) => {
    throw new InferenceError(cause instanceof Error ? cause.message : String(cause), { cause })
  })
  for (const name of fetches) {
    if (!outputs[name])
      throw new Error(`The graph has no output "${name}" (it has ${Object.keys(outputs).join(', ')}).`)
  }
  return outputs as Record<Name, OrtTensor>
}

/** The values of a float32 tensor that lies on the CPU. @throws for any other tensor. */
export function floatsOf(tensor: OrtTensor): Float32Array {
  if (!(tensor.data instanceof Float32Array)) throw new Error(`Expected float32 values, got ${tensor.type}.`)
  return tensor.data
}
