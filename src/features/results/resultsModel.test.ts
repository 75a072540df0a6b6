import { describe, expect, it } from 'vitest'
import { costTicks, paretoPoints, spacedLabels } from './paretoModel.ts'
import {
  broadest,
  nextSorting,
  ownNumbers,
  RESULT_COLUMNS,
  resultRows,
  resultTable,
  selectRows,
} from './resultsModel.ts'
import { buildComparison } from './testing/buildComparison.ts'

const DENSE = { id: 'dense', label: 'dense', successes: 16, macsRatio: 1, p50: 90 }
const RANDOM = { id: 'random', label: 'random:keep=0.3', successes: 8, macsRatio: 0.4, p50: 40, changed: ['keep'] }
const SPECPRUNE = { id: 'specprune', label: 'specprune:paper-v3', successes: 15, macsRatio: 0.4, p50: 45 }

const comparison = buildComparison([DENSE, RANDOM, SPECPRUNE])
const rows = resultRows(comparison)

function cell(row: (typeof rows)[number], column: string): string | undefined {
  return RESULT_COLUMNS.find(({ id }) => id === column)?.text(row)
}

describe('rows of results', () => {
  it('have the pair with the first method, which has none itself', () => {
    expect(rows.map(({ pair }) => pair?.second)).toEqual([undefined, 'random:keep=0.3', 'specprune:paper-v3'])
    expect(cell(rows[0], 'difference')).toBe('–')
    expect(cell(rows[2], 'difference')).toBe('-5.0 (-15.0 – 5.0)')
    expect(cell(rows[1], 'discordant')).toBe('8 : 0')
    expect(cell(rows[1], 'success')).toBe('40.0 (20.0 – 60.0)')
  })

  it('sort by number, keep the order of the file for equal ones, and leave what has no value to the end', () => {
    const order = (column: string, descending: boolean) =>
      selectRows(rows, { suite: '', text: '', sorting: { column, descending } }).map(({ method }) => method.id)
    expect(order('success', false)).toEqual(['random', 'specprune', 'dense'])
    expect(order('macs', false)).toEqual(['random', 'specprune', 'dense'])
    expect(order('difference', false)).toEqual(['random', 'specprune', 'dense'])
    expect(order('difference', true)).toEqual(['specprune', 'random', 'dense'])
  })

  it('are chosen by suite and by text', () => {
    const chosen = (suite: string, text: string) => selectRows(rows, { suite, text, sorting: undefined }).length
    expect(chosen('object', 'PAPER')).toBe(1)
    expect(chosen('goal', '')).toBe(0)
    expect(chosen('', '')).toBe(3)
  })

  it('go through ascending, descending and the order of the file', () => {
    const once = nextSorting(undefined, 'p')
    const twice = nextSorting(once, 'p')
    expect([once?.descending, twice?.descending, nextSorting(twice, 'p')]).toEqual([false, true, undefined])
  })
})

describe('tables for papers', () => {
  it('have a cell for each column', () => {
    const { columns, rows: cells } = resultTable('A table', rows)
    for (const row of cells) expect(row).toHaveLength(columns.length)
  })
})

describe('Pareto front', () => {
  it('has the methods that none beats', () => {
    const points = paretoPoints(rows, 'macs')
    expect(points.filter(({ best }) => best).map(({ label }) => label)).toEqual(['specprune:paper-v3', 'dense'])
    // Random is cheaper on this axis, and so is not beaten.
    expect(paretoPoints(rows, 'latency').every(({ best }) => best)).toBe(true)
  })

  it('labels no point over the label of another', () => {
    const at = (label: string, x: number, y: number) => ({ label, x, y })
    expect([...spacedLabels([at('a', 0, 0), at('b', 20, 3), at('c', 20, 30), at('d', 200, 3)])]).toEqual([
      'a',
      'c',
      'd',
    ])
  })

  it('has ticks that reach the dearest method', () => {
    expect(costTicks(100)).toEqual([0, 20, 40, 60, 80, 100])
    expect(costTicks(93).at(-1)).toBeGreaterThanOrEqual(93)
    expect(costTicks(0.037).at(-1)).toBeGreaterThanOrEqual(0.037)
  })
})

it('shows the comparison with most episodes first', () => {
  const longer = structuredClone(comparison)
  for (const suite of Object.values(longer.suites)) suite.episodes += 1
  const files = [{ file: comparison }, { file: longer }]
  expect(broadest(files)).toBe(files[1])
  expect(broadest(files.toReversed())).toBe(files[1])
  const none: { file: typeof comparison }[] = []
  expect(broadest(none)).toBeUndefined()
})

describe('our numbers beside the paper', () => {
  it('are those of a method whose parameters were not changed', () => {
    expect(ownNumbers([comparison], 'random')).toBeUndefined()
    expect(ownNumbers([comparison], 'specprune')).toEqual({
      suites: ['object'],
      average: 75,
      denseAverage: 80,
      macs: 40,
      speedUp: 2,
    })
  })

  it('come from the file with most episodes', () => {
    const [suite] = Object.keys(comparison.suites)
    const longer = structuredClone(comparison)
    longer.suites[suite].episodes += 1
    for (const result of longer.suites[suite].methods) result.successRate = 0.5
    expect(ownNumbers([comparison, longer], 'specprune')?.average).toBe(50)
    expect(ownNumbers([longer, comparison], 'specprune')?.average).toBe(50)
  })
})
