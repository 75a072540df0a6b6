import type { BackendRung } from '../protocol.ts'
import { probeGpu } from './gpu.ts'

/**
 * The rung that this device will most likely run on, known before anything is downloaded: it decides in which storage a model
 * comes. If the GPU fails later, the processor runs the GPU's files, which it can.
 */
export async function expectRung(forced: BackendRung | undefined): Promise<BackendRung> {
  if (forced) return forced
  const gpu = await probeGpu()
  if (gpu.status === 'ready' && !gpu.software) return 'webgpu'
  return globalThis.crossOriginIsolated ? 'wasm-threads' : 'wasm'
}
