import { describe, expect, it } from 'vitest'
import { readResult } from './readResult.ts'
import { parseSweep, readKept, readSweep, sweepFile } from './sweep.ts'
import type { SweepCell, SweepPlan } from './sweep.ts'

const device = { backend: 'wasm', agent: 'test' }
const plan: SweepPlan = {
  id: 'one',
  createdAt: '2026-01-01T00:00:00.000Z',
  app: { version: '0.1.0' },
  model: {
    id: 'tiny',
    weightsSha256: 'a'.repeat(64),
    layers: 4,
    width: 48,
    feedForward: 96,
    visualTokens: 512,
    fixedTokens: 16,
  },
  episode: { dataset: 'object', index: 0, frames: 40 },
  method: { id: 'stride', title: 'Stride', parameters: { keep: 0.5, layer: 2 } },
  axes: [
    { name: 'keep', title: 'Keep', values: [0.25, 0.5] },
    { name: 'layer', title: 'Layer', values: [1, 2] },
  ],
  executeSteps: 8,
  seed: 0,
  forced: '',
  instruction: '',
  engine: 'auto',
}
const measures = {
  l1: 0.01,
  distanceMm: 0.4,
  rotationDeg: 0.1,
  gripperAgreement: 1,
  floorMm: undefined,
  budget: 0.5,
  macsShare: 0.51,
  latencyMs: 20,
  denseLatencyMs: 40,
  queries: 5,
  replans: 0,
}
const base = (index: number, keep: number, layer: number) => ({
  index,
  values: { keep, layer },
  measuredAt: '2026-01-01T00:00:01.000Z',
  elapsedMs: 100,
})
const cells: SweepCell[] = [
  { ...base(2, 0.5, 1), status: 'failed', message: 'It cannot.' },
  { ...base(0, 0.25, 1), status: 'measured', device, measures },
]
const provenance = {
  createdAt: '2026-01-01T00:01:00.000Z',
  app: { version: '0.1.0' },
  machine: { cores: 2, processor: 'not told by browsers', system: 'test' },
}
const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the file of a sweep', () => {
  const file = sweepFile(plan, cells, provenance)

  it('says that it is partial, in the order of the grid, and is read back', () => {
    expect(file).toMatchObject({ partial: true, done: 2, total: 4 })
    expect(file.cells.map(({ index }) => index)).toEqual([0, 2])
    expect(parseSweep(throughText(file))).toEqual(throughText(file))
  })

  it('is whole only with every cell', () => {
    const all = [...cells, { ...cells[0], ...base(1, 0.25, 2) }, { ...cells[0], ...base(3, 0.5, 2) }]
    expect(parseSweep(throughText(sweepFile(plan, all, provenance))).partial).toBe(false)
  })

  it('says what its times are', () => {
    expect(file.notes.join(' ')).toMatch(/not interleaved/)
  })

  it.each([
    ['a partial file that says it is whole', { partial: false }, /partial: is false with 2 of 4 cells/],
    ['a wrong number of cells', { done: 3 }, /done/],
    ['a cell twice', { cells: [cells[1], cells[1]] }, /twice/],
    ['values of another place', { cells: [cells[0], { ...cells[1], index: 1 }] }, /this place/],
    ['a cell outside the grid', { cells: [cells[0], { ...cells[1], index: 9 }] }, /outside/],
    ['a newer version', { version: 2 }, /reads up to 1/],
    ['another kind', { kind: 'comparison' }, /Not a sweep: kind/],
  ])('refuses %s', (_, changes, problem) => {
    expect(() => parseSweep(throughText({ ...file, ...changes }))).toThrow(problem)
  })

  it('is read from text, and what is wrong with it begins with its name', () => {
    const text = JSON.stringify(file)
    expect(readSweep('mine.json', text)).toEqual(throughText(file))
    expect(() => readResult('mine.json', text)).toThrow(/^mine\.json: this is a sweep. Open it in the tab Sweep/)
    expect(() => readSweep('mine.json', text.slice(0, -40))).toThrow(/^mine\.json: the file is not JSON. It may be cut/)
    expect(() => readSweep('mine.json', text.replace('"done":2', '"done":3'))).toThrow(/^mine\.json: Not a sweep: done/)
  })
})

describe('what was kept', () => {
  it('is read back', () => {
    expect(readKept({ plan, aborted: true, cells })).toEqual({ plan, aborted: true, cells })
  })

  it('is left alone where another version of the page wrote it', () => {
    expect(readKept({ plan: { ...plan, axes: [] }, aborted: false, cells })).toBeUndefined()
    expect(readKept({ plan, aborted: false, cells: [{ index: 0 }] })).toBeUndefined()
  })
})
