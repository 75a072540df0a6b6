import { describe, expect, it } from 'vitest'
import { growthFigure } from './figure.ts'
import { AXES, type EngineGrowth, type GrowthEngine, type GrowthResult, type ModelGrowth } from './result.ts'
import { syntheticEpisode } from './syntheticEpisode.ts'
import { growthTable } from './table.ts'

function engine(name: GrowthEngine, p50Ms: number, macs: number, speedUp: [number, number, number]): EngineGrowth {
  const [low, estimate, high] = speedUp
  return { engine: name, p50Ms, p95Ms: p50Ms, samplesMs: [p50Ms], macs, budget: 1, speedUp: { low, estimate, high } }
}

function model(folder: string, visualTokens: number, prunedMs: number, low: number): ModelGrowth {
  return {
    ...{ folder, visualTokens, layers: 10, width: 192, parameters: 1 },
    engines: [
      { ...engine('dense', 10, 4e9, [1, 1, 1]), memoryBytes: 50e6 },
      { ...engine('keep-all', 11, 4e9, [0.9, 0.91, 0.92]), memoryBytes: 60e6 },
      engine('pruned', prunedMs, 2e9, [low, 10 / prunedMs, 10 / prunedMs + 0.1]),
    ],
  }
}

const entry = (value: number, folder: string) => ({ value, folder })
const result: GrowthResult = {
  ...{ version: 1, date: '2026-01-02T03:04:05Z', method: 'specprune', rounds: 1, command: 'npx tsx x' },
  axes: {
    visualTokens: [entry(32, 'small'), entry(512, 'base')],
    layers: [entry(10, 'base')],
    width: [entry(192, 'base')],
  },
  models: [model('small', 32, 10, 0.95), model('base', 512, 6.25, 1.5)],
  machine: {
    ...{ backend: 'node', threads: 1, processor: 'P', cores: 2, agent: 'Node 1', loadBefore: 0, busy: false },
  },
  app: { version: '1', commit: 'abc' },
}

describe('growthTable', () => {
  const text = growthTable(result)

  it('has a row for each model of each axis', () => {
    expect(text).toContain('| 512 | 4.00 | 10.00 | 1.10 | 6.25 | 1.60 (1.50 - 1.70) | 2.00 | - | 50, 60, - |')
    expect(text.match(/^\| \d+ \|/gm)).toHaveLength(4)
  })

  it('says where pruning does not pay, and how much of the promise arrives', () => {
    expect(text).toContain('not shown to be faster than dense at visual tokens 32')
    expect(text).toContain('0 % arrives at visual tokens 32 and 60 % at 512')
    expect(text).toContain('faster than dense at every value')
    expect(text).not.toContain('busy')
  })

  it('warns about a busy machine', () => {
    const busy = { ...result, machine: { ...result.machine, loadBefore: 3, busy: true } }
    expect(growthTable(busy)).toContain('The machine was busy (load 3.0)')
  })
})

describe('growthFigure', () => {
  it('draws every axis with finite numbers, one model or many, and says what was not measured', () => {
    for (const axis of AXES) {
      const svg = growthFigure(result, axis)
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
      expect(svg).toContain('on paper')
    }
    const models = result.models.map((each) => ({
      ...each,
      engines: each.engines.map(({ memoryBytes: _left, ...rest }) => rest),
    }))
    expect(growthFigure({ ...result, models }, 'width')).toContain('peak memory, MB: not measured')
  })
})

describe('syntheticEpisode', () => {
  const image = { width: 32, height: 32, data: new Uint8Array(32 * 32 * 3) }
  const like = { images: { front: image, wrist: image }, proprio: Float32Array.of(1, 2), instruction: 'put the cube' }

  it('is the same for a seed, and moves in places only', () => {
    const [a, b] = [syntheticEpisode(like, 5, 1), syntheticEpisode(like, 5, 1)]
    expect(a.pixels.front).toEqual(b.pixels.front)
    const bytes = image.data.length
    const changed = a.pixels.front.subarray(0, bytes).filter((value, i) => value !== a.pixels.front[4 * bytes + i])
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.length).toBeLessThan(bytes / 2)
    expect([...a.proprio.subarray(8)]).toEqual([1, 2])
  })
})
