import { describe, expect, it } from 'vitest'
import { encodeFloats } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { parseRunRecord } from '../../core/schema/runRecord.ts'
import { agreementRows, createAgreementModel, describeFloor, describePoint } from './agreementModel.ts'
import { CONTROLLER_COLUMNS, createControllerModel, describeController, modeBands } from './controllerModel.ts'
import { LATENCY_COLUMNS, createLatencyModel, describeLatency, latencyRows } from './latencyModel.ts'
import { describeBackend, describeOrigin, isSoftwareAdapter } from './origin.ts'
import { buildRunRecord } from './testing/buildRunRecord.ts'
import { createTokensModel, denseTicks, describeTokens, labelledLayers, tokensRows } from './tokensModel.ts'

const run = buildRunRecord()
const empty = buildRunRecord({ queries: 0 })

function withQueries(
  change: (query: QueryRecord, i: number) => Partial<QueryRecord>,
  base: RunRecord = run,
): RunRecord {
  return { ...base, queries: base.queries.map((query, i) => ({ ...query, ...change(query, i) })) }
}

function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Expected a value.')
  return value
}

it('the test run is a valid run record', () => {
  expect(parseRunRecord(JSON.parse(JSON.stringify(run)))).toEqual(run)
})

describe('tokens per layer', () => {
  it('has no model before the first query', () => {
    expect(createTokensModel(empty, undefined)).toBeUndefined()
  })

  it('is all of dense when nothing was removed', () => {
    const kept = withQueries(() => ({ tokensPerLayer: Array<number>(12).fill(512) }))
    const model = createTokensModel(kept, kept.queries[0])
    expect(model?.query).toEqual({ budget: 1, macs: 1 })
    expect(model?.run).toEqual({ budget: 1, macs: 1 })
  })

  it('counts token-layers and the operations of the real lengths', () => {
    const half = withQueries(() => ({ tokensPerLayer: [...Array<number>(6).fill(512), ...Array<number>(6).fill(256)] }))
    const model = createTokensModel(half, half.queries[3])
    expect(model?.query?.budget).toBe(0.75)
    // By hand: (6 c(541) + 6 c(285)) / 12 c(541) with c(T) = (4 D² + 2 D F) T + 2 T² D, D 192, F 768.
    expect(model?.query?.macs).toBeCloseTo(0.72357, 5)
    expect(model?.points.map(({ changed }) => changed)).toEqual([
      true,
      ...Array<boolean>(5).fill(false),
      true,
      ...Array<boolean>(5).fill(false),
    ])
    expect(describeTokens(defined(model))).toContain('256 of 512 visual tokens reach layer 12. Budget 75 %')
  })

  it('still shows the run where no query governs the frame', () => {
    const model = createTokensModel(run, undefined)
    expect(model?.query).toBeUndefined()
    expect(tokensRows(defined(model))[0].cells).toEqual(['1', '–', '512', '512'])
  })

  it('labels the changes as far as they have room', () => {
    const { points } = defined(createTokensModel(run, run.queries[5]))
    expect([...labelledLayers(points, 400)]).toEqual([1, 3, 5, 7, 9])
    expect([...labelledLayers(points, 150)]).toEqual([1, 9])
  })

  it('has quarters of dense as its scale', () => {
    expect(denseTicks(512)).toEqual([0, 128, 256, 384, 512])
    expect(denseTicks(50).at(-1)).toBeGreaterThanOrEqual(50)
  })
})

describe('latency', () => {
  const timed = withQueries((_, i) => ({ latencyMs: 10 + (i % 3), denseLatencyMs: 22 }))

  it('has no model before the first query', () => {
    expect(createLatencyModel(empty)).toBeUndefined()
  })

  it('summarises and gives the ratio of the medians', () => {
    const model = createLatencyModel(timed)
    expect(model?.pruned).toMatchObject({ count: 15, p50Ms: 11, p95Ms: 12 })
    expect(model?.speedUp).toBe(2)
    expect(describeLatency(defined(model))).toContain('Pruned: p50 11.0 ms, p95 12.0 ms, n 15. Dense: p50 22.0 ms')
  })

  it('compares only queries that have both', () => {
    const partly = withQueries((_, i) => (i < 3 ? {} : { latencyMs: 100, denseLatencyMs: undefined }), timed)
    const model = createLatencyModel(partly)
    expect(model?.dense?.count).toBe(3)
    expect(model?.speedUp).toBe(2)
    expect(createLatencyModel(buildRunRecord({ withDense: false }))?.speedUp).toBeUndefined()
  })

  it('accounts for the time between stages', () => {
    const point = createLatencyModel(run)?.points[1]
    const sum = point?.stages.reduce((total, { ms }) => total + ms, 0)
    expect(sum).toBeCloseTo(run.queries[1].latencyMs, 9)
    expect(latencyRows(defined(createLatencyModel(run)))[0].cells).toHaveLength(LATENCY_COLUMNS.length)
  })

  it('clips outliers and says how many', () => {
    const long = buildRunRecord({ frames: 800 })
    const outlier = withQueries((_, i) => ({ latencyMs: i === 50 ? 400 : 10, denseLatencyMs: 20 }), long)
    const model = createLatencyModel(outlier)
    expect(model?.clipped).toEqual({ count: 1, maxMs: 400 })
    expect(model?.ticks.at(-1)).toBeLessThan(60)
  })
})

describe('agreement', () => {
  const chunk = (translation: number, gripper: number) =>
    encodeFloats(Float32Array.from({ length: 56 }, (_, i) => (i % 7 === 0 ? translation : i % 7 === 6 ? gripper : 0)))
  const compared = (translations: readonly number[], flipped = -1) => {
    const base = buildRunRecord({ queries: translations.length })
    return withQueries(
      (_, i) => ({ chunk: chunk(translations[i], i === flipped ? -1 : 1), denseChunk: chunk(0, 1) }),
      base,
    )
  }

  it('has no model without dense chunks', () => {
    expect(createAgreementModel(buildRunRecord({ withDense: false }))).toBeUndefined()
    expect(createAgreementModel(empty)).toBeUndefined()
  })

  it('measures in millimetres over the executed steps', () => {
    const model = createAgreementModel(compared([0, 0.1, 0.2]))
    expect(model?.translation.p50).toBeCloseTo(2.5, 5)
    expect(model?.rotation).toEqual({ p50: 0, p95: 0 })
    expect(model?.worst?.step).toBe(16)
    expect(agreementRows(defined(model)).map(({ cells }) => cells[0])).toEqual(['0', '2.50', '5.00'])
  })

  it('calls a wrong gripper worse than any distance', () => {
    const model = createAgreementModel(compared([0.9, 0, 0.2], 1))
    expect(model?.worst?.step).toBe(8)
    expect(model?.gripper).toBeCloseTo(2 / 3)
    expect(describePoint(defined(defined(model).worst))).toBe('frame 8: 0 mm, 0°, gripper agrees in 0 %')
  })

  it('knows the floor that the engine itself has, where it was measured', () => {
    const run = compared([0.1, 0.2, 0.2])
    expect(createAgreementModel(run)?.floor).toBeUndefined()
    const measured = (floors: readonly number[]) => {
      const withFloor = withQueries((_, i) => (i < floors.length ? { keepAllChunk: chunk(floors[i], 1) } : {}), run)
      return defined(defined(createAgreementModel(withFloor)).floor)
    }
    const exact = measured([0, 0])
    expect(exact).toEqual({ translationMm: 0, rotationDeg: 0, count: 2 })
    expect(describeFloor(exact)).toContain('exactly 0')
    const noisy = measured([0, 1e-5])
    expect(noisy.translationMm).toBeCloseTo(2.5e-4, 9)
    expect(describeFloor(noisy)).toContain('up to 2.5e-4 mm and 0°')
  })

  it('has no worst query when all chunks are equal', () => {
    expect(createAgreementModel(compared([0, 0]))?.worst).toBeUndefined()
  })
})

describe('controller', () => {
  it('has no model for methods without a controller', () => {
    expect(createControllerModel(buildRunRecord({ withController: false }), 118, undefined)).toBeUndefined()
    expect(createControllerModel(empty, 118, undefined)).toBeUndefined()
  })

  it('joins neighbouring queries of one mode and ends with the chunk or the episode', () => {
    expect(modeBands(run.queries.slice(0, 6), 8, 118)).toEqual([
      { mode: 'coarse', from: 0, to: 32 },
      { mode: 'fine', from: 32, to: 48 },
    ])
    expect(modeBands(run.queries, 8, 118).at(-1)?.to).toBe(118)
  })

  it('shows the speed of every action with its threshold where the actions are known', () => {
    const actions = new Float32Array(118 * 7)
    actions.set([0.3, 0.4, 0], 7)
    const model = createControllerModel(run, 118, actions)
    expect(model?.speeds).toHaveLength(118)
    expect(model?.speeds[1].speed).toBeCloseTo(0.5)
    expect(model?.threshold).toBe(0.35)
  })

  it('shows the distance between queries, without a threshold, where they are not', () => {
    const model = createControllerModel(run, 118, undefined)
    expect(model?.speedKind).toBe('query')
    expect(model?.threshold).toBeUndefined()
    expect(model?.rows[0].cells).toHaveLength(CONTROLLER_COLUMNS.length)
    expect(describeController(defined(model))).toBe('Fine mode in 41 % of frames, 4 changes of mode, 2 replans.')
  })
})

describe('origin', () => {
  it('names the backend and never passes an emulated GPU for a real one', () => {
    const device = { backend: 'webgpu', adapter: 'Google SwiftShader', agent: 'Chromium 140' }
    expect(isSoftwareAdapter(device)).toBe(true)
    expect(describeBackend(device)).toBe('WebGPU, emulated')
    expect(describeBackend({ backend: 'wasm-threads', threads: 4, agent: 'x' })).toBe('WebAssembly, 4 threads')
    expect(describeOrigin({ kind: 'live', device: run.device, createdAt: run.createdAt })).toBe(
      'WebGPU · Test GPU · Chromium 140 · 2026-03-01',
    )
  })
})
