import { LoadError } from '../loader/loadError.ts'
import type { ModelFiles } from '../model.ts'
import type { OrtApi, SessionSettings } from '../ort.ts'
import type { BackendChoice, BackendRung } from '../protocol.ts'
import { describeAgent } from './agent.ts'
import { chooseBackend, type DeviceProbe } from './chooseBackend.ts'
import { openGpu, probeGpu, type GpuHandle } from './gpu.ts'
import { loadGpuOrt, loadWasmOrt } from './ortWeb.ts'
import { measureThreads, threadCandidates } from './threadProbe.ts'

/** An opened rung of the ladder: onnxruntime and how to create sessions on it. */
export interface Backend {
  choice: BackendChoice
  ort: OrtApi
  settings: SessionSettings
  /** Whether shaders may use subgroups. */
  subgroups: boolean
  /** Resolves with a sentence when the GPU is lost; never on the processor. */
  lost: Promise<string>
  close(): void
}

export interface BackendRequest {
  /** Measured with the model's own first layer. */
  files: ModelFiles
  forced?: BackendRung
  /** Rungs not to use, with the reason. */
  ruledOut?: Partial<Record<BackendRung, string>>
  /** False after subgroups gave wrong results. */
  subgroups?: boolean
}

/** Opens backends; the browser's is {@link openBrowserBackend}. */
export type OpenBackend = (request: BackendRequest) => Promise<Backend>

const NEVER = new Promise<never>(() => {})

/**
 * Opens the best rung that works in this worker.
 * @throws LoadError if none does, or if the forced one does not.
 */
export async function openBrowserBackend(request: BackendRequest): Promise<Backend> {
  const probe = await probeDevice({ ...request.ruledOut })
  for (;;) {
    const choice = await decide(probe, request)
    try {
      return choice.rung === 'webgpu' ? await openGpuBackend(choice, request) : await openWasmBackend(choice)
    } catch (error) {
      probe.ruledOut[choice.rung] = `${choice.rung} could not be started: ${describeError(error)}`
    }
  }
}

async function probeDevice(ruledOut: DeviceProbe['ruledOut']): Promise<DeviceProbe> {
  return {
    gpu: await probeGpu(),
    crossOriginIsolated: globalThis.crossOriginIsolated,
    hardwareConcurrency: navigator.hardwareConcurrency || 1,
    agent: describeAgent(navigator.userAgent),
    ruledOut,
  }
}

async function decide(probe: DeviceProbe, { files, forced }: BackendRequest): Promise<BackendChoice> {
  let decision = chooseBackend(probe, forced)
  const mayUseThreads = probe.crossOriginIsolated && probe.hardwareConcurrency > 1 && !probe.ruledOut['wasm-threads']
  const wantsThreads = decision.status === 'chosen' && decision.choice.rung !== 'webgpu' && forced !== 'wasm'
  if (mayUseThreads && wantsThreads && !probe.threadTimings) {
    probe.threadTimings = await measureThreads(files, threadCandidates(probe.hardwareConcurrency))
    decision = chooseBackend(probe, forced)
  }
  if (decision.status === 'unavailable') throw new LoadError('backend', decision.reason)
  return decision.choice
}

async function openGpuBackend(choice: BackendChoice, request: BackendRequest): Promise<Backend> {
  const gpu: GpuHandle = await openGpu({ subgroups: request.subgroups })
  try {
    const ort = await loadGpuOrt()
    return {
      choice,
      ort,
      settings: { provider: { name: 'webgpu', device: gpu.device }, gpuResident: true, device: gpu.device },
      subgroups: gpu.subgroups,
      lost: gpu.lost,
      close: gpu.close,
    }
  } catch (error) {
    gpu.close()
    throw error
  }
}

async function openWasmBackend(choice: BackendChoice): Promise<Backend> {
  const ort = await loadWasmOrt(choice.device.threads ?? 1)
  const settings: SessionSettings = { provider: { name: 'wasm' }, gpuResident: false }
  return { choice, ort, settings, subgroups: false, lost: NEVER, close: () => {} }
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
