import { describe, expect, it } from 'vitest'
import type { BackendRung } from '../protocol.ts'
import { chooseBackend, type DeviceProbe } from './chooseBackend.ts'

const laptop: DeviceProbe = {
  gpu: { status: 'ready', adapter: 'intel gen-12lp', software: false },
  crossOriginIsolated: true,
  hardwareConcurrency: 8,
  ruledOut: {},
  agent: 'Chrome 156',
}
const software: DeviceProbe = { ...laptop, gpu: { status: 'ready', adapter: 'google swiftshader', software: true } }

function chosen(probe: DeviceProbe, forced?: BackendRung) {
  const decision = chooseBackend(probe, forced)
  if (decision.status !== 'chosen') throw new Error(decision.reason)
  return decision.choice
}

function reasonFor(probe: DeviceProbe, rung: BackendRung): string | undefined {
  return chosen(probe).rejected.find((entry) => entry.rung === rung)?.reason
}

describe('chooseBackend', () => {
  it('takes a real GPU first', () => {
    expect(chosen(laptop)).toEqual({
      rung: 'webgpu',
      rejected: [],
      softwareAdapter: false,
      device: { backend: 'webgpu', adapter: 'intel gen-12lp', agent: 'Chrome 156', crossOriginIsolated: true },
    })
  })

  it.each([
    [{ status: 'unsupported' }, /no WebGPU/],
    [{ status: 'insecure' }, /https or localhost/],
    [{ status: 'no-adapter' }, /no GPU adapter/],
    [software.gpu, /software renderer \(google swiftshader\)/],
  ] as const)('falls to threads when the GPU is %o', (gpu, reason) => {
    const probe = { ...laptop, gpu }
    expect(chosen(probe)).toMatchObject({ rung: 'wasm-threads', softwareAdapter: false, device: { threads: 4 } })
    expect(reasonFor(probe, 'webgpu')).toMatch(reason)
  })

  it('takes the thread count that was measured fastest', () => {
    const threadTimings = [
      { threads: 1, ms: 30 },
      { threads: 2, ms: 16 },
      { threads: 4, ms: 21 },
    ]
    expect(chosen({ ...software, threadTimings }).device.threads).toBe(2)
  })

  it('falls to one thread when more are slower, as on a busy machine', () => {
    const probe = {
      ...software,
      threadTimings: [
        { threads: 1, ms: 31 },
        { threads: 2, ms: 63 },
      ],
    }
    expect(chosen(probe)).toMatchObject({ rung: 'wasm', device: { threads: 1 } })
    expect(reasonFor(probe, 'wasm-threads')).toMatch(/fastest when measured \(1: 31.0 ms, 2: 63.0 ms\)/)
    expect(chosen(probe, 'wasm-threads').device.threads).toBe(2)
  })

  it('leaves one of two cores to the page when nothing was measured', () => {
    expect(reasonFor({ ...software, hardwareConcurrency: 2 }, 'wasm-threads')).toMatch(/one stays free/)
  })

  it('falls to one thread without isolation or with one core', () => {
    expect(reasonFor({ ...software, crossOriginIsolated: false }, 'wasm-threads')).toMatch(/not cross-origin isolated/)
    expect(reasonFor({ ...software, hardwareConcurrency: 1 }, 'wasm-threads')).toMatch(/single core/)
  })

  it('remembers what was tried and failed', () => {
    const probe = { ...laptop, ruledOut: { webgpu: 'The GPU was lost twice.' } }
    expect(chosen(probe).rung).toBe('wasm-threads')
    expect(reasonFor(probe, 'webgpu')).toBe('The GPU was lost twice.')
    const nothing = { ...probe, ruledOut: { webgpu: 'A.', 'wasm-threads': 'B.', wasm: 'C.' } }
    expect(chooseBackend(nothing)).toEqual({ status: 'unavailable', reason: 'A. B. C.' })
  })

  it('obeys a forced rung, even on a software adapter', () => {
    expect(chosen(software, 'webgpu')).toMatchObject({ rung: 'webgpu', softwareAdapter: true })
    expect(chosen(laptop, 'wasm')).toMatchObject({
      rung: 'wasm',
      rejected: [
        { rung: 'webgpu', reason: 'Not used: wasm was asked for.' },
        { rung: 'wasm-threads', reason: 'Not used: wasm was asked for.' },
      ],
    })
  })

  it('says why a forced rung is not available', () => {
    expect(chooseBackend({ ...laptop, gpu: { status: 'no-adapter' } }, 'webgpu')).toEqual({
      status: 'unavailable',
      reason: 'The backend webgpu is not available. The browser offers no GPU adapter.',
    })
    expect(chooseBackend({ ...laptop, crossOriginIsolated: false }, 'wasm-threads').status).toBe('unavailable')
  })
})
