import { describe, expect, it } from 'vitest'
import { toCsv } from '../../core/report/csv.ts'
import type { SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { PANEL } from '../../stores/methodChoices.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'
import type { SweepDraft } from '../../stores/sweepStore.ts'
import { requestOf } from './planModel.ts'
import { cellGrid, cellPoints } from './plotModel.ts'
import { csvTable, nextSorting, sortCells, sweepColumns } from './resultModel.ts'

const panel: MethodSettings = {
  methodId: 'stride',
  presetId: undefined,
  parameters: { keep: 0.25 },
  executeSteps: 8,
  seed: 0,
  forced: '',
  instruction: '',
}
const none = { name: '', values: '' }
const draft: SweepDraft = { method: PANEL, first: { name: 'keep', values: '0.2, 0.4' }, second: none }

describe('the form of a sweep', () => {
  it('makes a grid of the panel’s method, with its other values as they stand', () => {
    const result = requestOf(draft, panel)
    if (result.status !== 'ready') throw new Error(result.problem)
    expect(result.cells).toBe(2)
    expect(result.request.axes).toMatchObject([{ name: 'keep', values: [0.2, 0.4] }])
    expect(result.request.method).toMatchObject({ id: 'stride', parameters: { keep: 0.25 } })
  })

  it('begins with the method’s first number, around its value', () => {
    const result = requestOf(
      { method: PANEL, first: undefined, second: none },
      { ...panel, parameters: { removeAfter: 4 } },
    )
    expect(result).toMatchObject({ status: 'ready', request: { axes: [{ name: 'removeAfter', values: [2, 4, 6] }] } })
  })

  it.each([
    [{ first: { name: 'keep', values: '7' } }, /got "7"/],
    [{ second: { name: 'keep', values: '0.5' } }, /same parameter/],
    [{ first: { name: 'keep', values: '0.1..0.9 by 0.01' } }, /at most 64/],
    [{ method: 'own:gone' }, /opened again/],
  ])('says what is wrong with %o', (changes, problem) => {
    const result = requestOf({ ...draft, ...changes }, panel)
    expect(result).toMatchObject({ status: 'wrong', problem: expect.stringMatching(problem) as string })
  })
})

describe('the table of a sweep', () => {
  const plan = { axes: [{ name: 'keep', title: 'Keep', values: [0.2, 0.4, 0.6] }] } as unknown as SweepPlan
  const measured = (index: number, l1: number): SweepCell => ({
    index,
    values: { keep: plan.axes[0].values[index] },
    measuredAt: '',
    elapsedMs: 1,
    status: 'measured',
    device: { backend: 'wasm', agent: 'test' },
    measures: {
      l1,
      distanceMm: 1,
      rotationDeg: 0,
      gripperAgreement: 1,
      budget: 0.25,
      macsShare: 0.3,
      latencyMs: 12.3456,
      queries: 4,
      replans: 0,
    },
  })
  const failed: SweepCell = {
    index: 1,
    values: { keep: 0.4 },
    measuredAt: '',
    elapsedMs: 1,
    status: 'failed',
    message: 'No, "never".',
  }
  const cells = [measured(2, 0.5), failed, measured(0, 0.9)]
  const columns = sweepColumns(plan)
  const order = (sorting: Parameters<typeof sortCells>[2]) =>
    sortCells(cells, columns, sorting).map(({ index }) => index)

  it('sorts up, down and back to the grid; what has no value comes last', () => {
    const up = nextSorting(undefined, 'l1')
    const down = nextSorting(up, 'l1')
    expect(order(up)).toEqual([2, 0, 1])
    expect(order(down)).toEqual([0, 2, 1])
    expect(order(nextSorting(down, 'l1'))).toEqual([0, 1, 2])
  })

  it('is drawn as a grid in which the missing places are seen, and as points of what was measured', () => {
    const axes = [plan.axes[0], { name: 'layer', title: 'Layer', values: [1, 2] }]
    const square = { axes } as unknown as SweepPlan
    const cell = { ...measured(0, 0.5), index: 3, values: { keep: 0.4, layer: 2 } }
    const { rows, columns: across } = cellGrid(square, [cell], sweepColumns(square)[2])
    expect(across).toEqual([1, 2])
    expect(rows.map(({ value, places }) => [value, ...places.map(({ text }) => text)])).toEqual([
      [0.2, '–', '–'],
      [0.4, '–', '0.5000'],
      [0.6, '–', '–'],
    ])
    expect(rows[1].places[1].share).toBe(1)
    expect(cellGrid(plan, cells, columns[1]).rows.map(({ places }) => places.map(({ text }) => text))).toEqual([
      ['0.9000'],
      ['–'],
      ['0.5000'],
    ])
    expect(cellPoints(plan, cells).map(({ title }) => title)).toEqual(['Keep 0.6', 'Keep 0.2'])
  })

  it('is a file with every number as it was measured, and with what failed', () => {
    const { columns: headings, rows } = csvTable(plan, cells)
    for (const row of rows) expect(row).toHaveLength(headings.length)
    const text = toCsv(headings, rows)
    expect(text).toContain('latency p50 ms (alone in the worker)')
    expect(text).toContain('0.6,0.5,1,1,0.25,0.3,12.3456,,4,wasm,')
    expect(text).toContain('"No, ""never""."')
  })
})
