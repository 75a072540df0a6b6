import type { DeviceInfo } from '../../core/schema/runRecord.ts'

/** Where numbers on the screen come from. `preview`: tokens selected again from cached scores, the policy did not run. */
export type OriginKind = 'recorded' | 'live' | 'preview'

export interface ChartOrigin {
  kind: OriginKind
  device: DeviceInfo
  /** ISO 8601. */
  createdAt: string
  /** Made for other settings than the ones in the panel. */
  stale?: boolean
}

export const ORIGIN_TITLES: Readonly<Record<OriginKind, string>> = {
  recorded: 'Recorded',
  live: 'Live',
  preview: 'Preview',
}

/** The backend in a few words: `WebGPU`, `WebAssembly, 4 threads`. */
export function describeBackend(device: DeviceInfo): string {
  const { backend, threads } = device
  switch (backend) {
    case 'webgpu':
      return isSoftwareAdapter(device) ? 'WebGPU, emulated' : 'WebGPU'
    case 'wasm-threads':
      return threads === undefined ? 'WebAssembly, threads' : `WebAssembly, ${threads} threads`
    case 'wasm':
      return 'WebAssembly, 1 thread'
    case 'node':
      return 'Node'
    default:
      return backend
  }
}

/** Backend, adapter, browser and day: all that is known about where a number was measured. */
export function describeOrigin({ device, createdAt }: ChartOrigin): string {
  return [describeBackend(device), device.adapter, device.agent, createdAt.slice(0, 10)].filter(Boolean).join(' · ')
}

/** Whether a GPU adapter is emulated on the processor: right answers, but times that say nothing about GPUs. */
export function isSoftwareAdapter({ backend, adapter }: DeviceInfo): boolean {
  return backend === 'webgpu' && /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(adapter ?? '')
}
