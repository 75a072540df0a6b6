import { describe, expect, it } from 'vitest'
import { encodeFloats } from '../../core/schema/base64.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import type { TriedRun } from '../../stores/triedStore.ts'
import { axisEnd, frontierOf, paretoPoints } from './paretoModel.ts'

/** A run whose only action is `distance` action units away from the dense one. */
function tried(number: number, tokens: number, latencyMs: number, distance: number | undefined): TriedRun {
  const chunk = (x: number) => encodeFloats(Float32Array.of(x, 0, 0, 0, 0, 0, 1))
  const query = {
    tokensPerLayer: [8, tokens],
    latencyMs,
    chunk: chunk(distance ?? 0),
    ...(distance === undefined ? {} : { denseChunk: chunk(0), denseLatencyMs: 10 }),
  }
  const run = { model: { visualTokens: 8 }, queries: [query], executeSteps: 1 } as unknown as RunRecord
  const settings = {
    methodId: 'dense',
    presetId: undefined,
    parameters: {},
    executeSteps: 8,
    seed: 0,
    forced: '',
    instruction: '',
  }
  return { number, settingsKey: String(number), settings, episodeKey: 'object/0', origin: 'live', run }
}

describe('paretoPoints', () => {
  const runs = [tried(1, 8, 10, 0), tried(2, 4, 6, 0.2), tried(3, 4, 8, 0.4), tried(4, 2, 9, 0.3)]

  it('measures budget, time and distance of each run', () => {
    const [, second] = paretoPoints(runs, 'budget')
    expect(second.budget).toBe(0.75)
    expect(second.latencyMs).toBe(6)
    expect(second.denseLatencyMs).toBe(10)
    expect(second.distanceMm).toBeCloseTo(5)
  })

  it('has on its frontier what nothing beats on both axes', () => {
    const numbers = (axis: 'budget' | 'latency') =>
      frontierOf(paretoPoints(runs, axis), axis).map(({ tried: { number } }) => number)
    expect(numbers('budget')).toEqual([4, 2, 1])
    expect(numbers('latency')).toEqual([2, 1])
  })

  it('keeps both of two equal points', () => {
    const points = paretoPoints([tried(1, 4, 5, 0.1), tried(2, 4, 5, 0.1)], 'budget')
    expect(points.every(({ onFrontier }) => onFrontier)).toBe(true)
  })

  it('leaves runs out that were not compared with the dense policy', () => {
    expect(paretoPoints([tried(1, 4, 5, undefined)], 'budget')).toEqual([])
  })
})

describe('axisEnd', () => {
  it.each([
    [0, 1],
    [0.4, 0.5],
    [4.95, 7.5],
    [93, 100],
  ])('of %f is %f', (largest, end) => {
    expect(axisEnd(largest)).toBeCloseTo(end)
  })
})
