import { describe, expect, it } from 'vitest'
import type { BenchmarkSample } from '../../runtime/protocol.ts'
import {
  backendAdvice,
  benchmarkScaleMs,
  describeDevice,
  describeLoad,
  describeSpeedUp,
  summariseBenchmark,
} from './statusModel.ts'

describe('describeLoad', () => {
  it('says bytes, cache, rate and rest', () => {
    const progress = { phase: 'download', loadedBytes: 4e6, totalBytes: 10e6, cachedBytes: 1e6 } as const
    expect(describeLoad(progress, 2e6)).toEqual({
      phase: 'Downloading',
      share: 0.4,
      detail: '4.0 MB of 10.0 MB · 1.0 MB from cache · 2.0 MB/s · 3 s left',
    })
  })

  it('has no share for the other phases', () => {
    const progress = { phase: 'golden', loadedBytes: 1, totalBytes: 1, cachedBytes: 0 } as const
    expect(describeLoad(progress, undefined)).toMatchObject({ phase: 'Checking against PyTorch', share: undefined })
  })
})

describe('backend', () => {
  it('advises by what is really missing', () => {
    const choice = { rung: 'wasm', rejected: [], softwareAdapter: false } as const
    const device = { backend: 'wasm', agent: 'Chrome 150' }
    expect(backendAdvice({ ...choice, device: { ...device, crossOriginIsolated: false } })).toContain('isolated')
    expect(backendAdvice({ ...choice, device: { ...device, crossOriginIsolated: true } })).toContain('WebGPU')
  })

  it('names the device', () => {
    expect(describeDevice({ backend: 'wasm-threads', threads: 4, agent: '' })).toBe('WebAssembly, 4 threads')
    expect(describeDevice({ backend: 'webgpu', adapter: 'nvidia', agent: '' })).toBe('WebGPU · nvidia')
  })
})

describe('summariseBenchmark', () => {
  it('compares medians with dense', () => {
    const sample = (engine: BenchmarkSample['engine'], latencyMs: number) => ({ round: 0, step: 0, engine, latencyMs })
    const rows = summariseBenchmark([
      sample('dense', 20),
      sample('pruned', 8),
      sample('dense', 20),
      sample('pruned', 8),
    ])
    expect(rows.map(({ engine, speedUp, summary }) => [engine, speedUp, summary.count])).toEqual([
      ['dense', undefined, 2],
      ['pruned', 2.5, 2],
    ])
  })

  const measured = (engine: BenchmarkSample['engine'], times: readonly number[]) =>
    times.map((latencyMs, round) => ({ round, step: 0, engine, latencyMs }))

  it('gives the interval of the ratio once the measurement has ended', () => {
    const samples = [
      ...measured('dense', [20, 21, 19, 20, 22, 18, 20, 21]),
      ...measured('pruned', [10, 11, 9, 10, 11, 10, 9, 10]),
    ]
    expect(summariseBenchmark(samples)[1].interval).toBeUndefined()
    const { speedUp, interval } = summariseBenchmark(samples, true)[1]
    expect(interval?.estimate).toBe(speedUp)
    expect(interval?.low).toBeLessThan(2)
    expect(interval?.high).toBeGreaterThanOrEqual(2)
    expect(describeSpeedUp({ speedUp, interval })).toMatch(/^2\.00× \(95 % interval 1\.\d\d to 2\.\d\d\)$/)
    expect(describeSpeedUp({ speedUp, interval: undefined })).toBe('2.00×')
  })

  it('draws all samples unless one lies far out, and counts what it cuts', () => {
    const even = summariseBenchmark(measured('dense', [10, 11, 12]))
    expect(benchmarkScaleMs(even)).toEqual({ maxMs: 12, clipped: 0 })
    const long = summariseBenchmark(measured('dense', [...Array<number>(99).fill(10), 400]))
    expect(benchmarkScaleMs(long)).toEqual({ maxMs: 20, clipped: 1 })
  })

  it('is empty before the first sample', () => {
    expect(summariseBenchmark([])).toEqual([])
  })
})
