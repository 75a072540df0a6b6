import type { BackendChoice, BackendRung } from '../protocol.ts'

/** What was found out about the GPU. */
export type GpuProbe =
  | { status: 'unsupported' }
  | { status: 'insecure' }
  | { status: 'no-adapter' }
  | { status: 'ready'; adapter: string; software: boolean }

/** How long the same work took on a number of threads. */
export interface ThreadTiming {
  threads: number
  ms: number
}

/** Everything that the choice of a backend depends on. */
export interface DeviceProbe {
  gpu: GpuProbe
  crossOriginIsolated: boolean
  hardwareConcurrency: number
  /** Measured here and now; without it the count follows from the number of cores. */
  threadTimings?: readonly ThreadTiming[]
  /** Rungs that were tried and failed, with a sentence for people. */
  ruledOut: Partial<Record<BackendRung, string>>
  /** The browser and its version. */
  agent: string
}

export type BackendDecision = { status: 'chosen'; choice: BackendChoice } | { status: 'unavailable'; reason: string }

/** Best first. */
export const RUNGS = ['webgpu', 'wasm-threads', 'wasm'] as const satisfies readonly BackendRung[]

/** More threads than this never paid on the graphs of this project. */
export const MAX_THREADS = 4

/** The best rung that this device can stand on, or exactly the one that is forced. */
export function chooseBackend(probe: DeviceProbe, forced?: BackendRung): BackendDecision {
  const rejected: { rung: BackendRung; reason: string }[] = []
  for (const rung of RUNGS) {
    const obstacle = obstacleTo(rung, probe, rung === forced)
    if (forced && rung !== forced) {
      rejected.push({ rung, reason: obstacle ?? `Not used: ${forced} was asked for.` })
    } else if (obstacle) {
      if (forced) return { status: 'unavailable', reason: `The backend ${forced} is not available. ${obstacle}` }
      rejected.push({ rung, reason: obstacle })
    } else {
      return { status: 'chosen', choice: describeChoice(rung, rejected, probe) }
    }
  }
  return { status: 'unavailable', reason: rejected.map(({ reason }) => reason).join(' ') }
}

/** The fastest measured thread count, or one core fewer than there are. */
export function chooseThreads(probe: DeviceProbe, atLeast = 1): number {
  const timings = probe.threadTimings?.filter(({ threads }) => threads >= atLeast) ?? []
  if (timings.length > 0) return timings.reduce((best, timing) => (timing.ms < best.ms ? timing : best)).threads
  // A spinning thread pool with more threads than free cores is slower than one thread.
  return Math.max(atLeast, Math.min(MAX_THREADS, probe.hardwareConcurrency - 1))
}

/** Why a rung cannot be used; undefined if it can. Forcing overrides what is slow, never what is impossible. */
function obstacleTo(rung: BackendRung, probe: DeviceProbe, isForced: boolean): string | undefined {
  const ruledOut = probe.ruledOut[rung]
  if (ruledOut) return ruledOut
  if (rung === 'webgpu') return obstacleToGpu(probe.gpu, isForced)
  if (rung === 'wasm-threads') return obstacleToThreads(probe, isForced)
  return undefined
}

function obstacleToGpu(gpu: GpuProbe, isForced: boolean): string | undefined {
  switch (gpu.status) {
    case 'unsupported':
      return 'This browser has no WebGPU.'
    case 'insecure':
      return 'WebGPU needs a secure page: https or localhost.'
    case 'no-adapter':
      return 'The browser offers no GPU adapter.'
    case 'ready':
      if (!gpu.software || isForced) return undefined
      return `The only GPU adapter is a software renderer (${gpu.adapter}), which is slower than WebAssembly.`
  }
}

function obstacleToThreads(probe: DeviceProbe, isForced: boolean): string | undefined {
  if (!probe.crossOriginIsolated) {
    return 'The page is not cross-origin isolated, so the browser gives it no shared memory for threads.'
  }
  if (isForced) return undefined
  if (probe.hardwareConcurrency < 2) return 'This device reports a single core.'
  const best = chooseThreads(probe)
  if (best > 1) return undefined
  if (!probe.threadTimings) return 'With two cores, one stays free for the page.'
  return `One thread was the fastest when measured (${probe.threadTimings.map(describeTiming).join(', ')}).`
}

function describeTiming({ threads, ms }: ThreadTiming): string {
  return `${threads}: ${ms.toFixed(1)} ms`
}

function describeChoice(rung: BackendRung, rejected: BackendChoice['rejected'], probe: DeviceProbe): BackendChoice {
  const { agent, crossOriginIsolated, gpu } = probe
  const adapter = rung === 'webgpu' && gpu.status === 'ready' ? gpu.adapter : undefined
  const threads = rung === 'wasm-threads' ? chooseThreads(probe, 2) : rung === 'wasm' ? 1 : undefined
  return {
    rung,
    rejected,
    softwareAdapter: rung === 'webgpu' && gpu.status === 'ready' && gpu.software,
    device: {
      backend: rung,
      agent,
      crossOriginIsolated,
      ...(adapter ? { adapter } : {}),
      ...(threads ? { threads } : {}),
    },
  }
}
