import type { GpuProbe } from './chooseBackend.ts'

/** A GPU device of our own; onnxruntime is handed it instead of making one. */
export interface GpuHandle {
  device: GPUDevice
  subgroups: boolean
  /** Resolves with a sentence when the device is lost for any reason but {@link close}. */
  lost: Promise<string>
  close(): void
}

/**
 * The attention kernel of onnxruntime 1.30 gives wrong results on subgroups of 4 (measured: off by 1.6 to 2.5 where
 * values reach 8), so smaller subgroups than this are hidden from it.
 */
const MIN_SUBGROUP_SIZE = 8

/** Limits that large tensors need; adapters offer more than the default, but only on request. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[]

const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|software|basic render|\bwarp\b/i

/** Asks for an adapter and describes it. Never throws. */
export async function probeGpu(): Promise<GpuProbe> {
  if (!globalThis.isSecureContext) return { status: 'insecure' }
  if (!('gpu' in navigator) || !navigator.gpu) return { status: 'unsupported' }
  const adapter = await requestAdapter()
  if (!adapter) return { status: 'no-adapter' }
  return { status: 'ready', adapter: describeAdapter(adapter.info), software: isSoftware(adapter.info) }
}

/**
 * Opens a device for onnxruntime.
 * @param options.subgroups false hides subgroups from an adapter that has usable ones
 * @throws an Error with a sentence for people.
 */
export async function openGpu({ subgroups = true }: { subgroups?: boolean } = {}): Promise<GpuHandle> {
  const adapter = await requestAdapter()
  if (!adapter) throw new Error('The browser offers no GPU adapter any more.')
  const useSubgroups = subgroups && hasUsableSubgroups(adapter)
  const device = await adapter.requestDevice({
    requiredFeatures: useSubgroups ? ['subgroups'] : [],
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  })
  let closed = false
  const lost = device.lost.then((info) =>
    closed ? new Promise<string>(() => {}) : `The GPU was lost: ${info.message || info.reason}.`.replace('..', '.'),
  )
  return {
    device,
    subgroups: useSubgroups,
    lost,
    close() {
      closed = true
      device.destroy()
    },
  }
}

async function requestAdapter(): Promise<GPUAdapter | undefined> {
  try {
    return (await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined
  } catch {
    return undefined
  }
}

function hasUsableSubgroups(adapter: GPUAdapter): boolean {
  if (!adapter.features.has('subgroups') || isSoftware(adapter.info)) return false
  return (adapter.info.subgroupMinSize ?? 0) >= MIN_SUBGROUP_SIZE
}

function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || SOFTWARE_NAMES.test(describeAdapter(info))
}

function describeAdapter(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device, info.description].filter(Boolean)
  return words.join(' ') || 'unnamed adapter'
}
