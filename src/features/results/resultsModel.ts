import type { TextTable } from '../../core/report/tables.ts'
import type { Comparison, MethodDescription, MethodResult, PairResult } from '../../data/results/comparison.ts'
import type { ResultFile } from '../../data/results/readResult.ts'

/** A line of the results table: one method on one suite of one file. */
export interface ResultRow {
  key: string
  suite: string
  method: MethodDescription
  result: MethodResult
  /** Against the file's first method; absent for that one. */
  pair: PairResult | undefined
  executeSteps: number
  methodSeed: number
}

/** All rows of a comparison, suite by suite. */
export function resultRows(comparison: Comparison): ResultRow[] {
  const { methods, suites, provenance } = comparison
  const reference = methods[0].label
  return Object.entries(suites).flatMap(([suite, { methods: results, pairs }]) =>
    results.flatMap((result) => {
      const method = methods.find(({ label }) => label === result.method)
      if (!method) return []
      const pair = pairs.find(({ first, second }) => first === reference && second === result.method)
      const { executeSteps, methodSeed } = provenance
      return [{ key: `${suite} ${result.method}`, suite, method, result, pair, executeSteps, methodSeed }]
    }),
  )
}

/** A column of the results table. */
export interface ResultColumn {
  id: string
  title: string
  /** What it says, for a tooltip. */
  help: string
  text(row: ResultRow): string
  /** What it sorts by; undefined goes last. */
  value(row: ResultRow): string | number | undefined
}

const percent = (share: number | undefined, digits = 1) => (share === undefined ? '–' : (100 * share).toFixed(digits))

function range([low, high]: readonly [number, number], digits = 1): string {
  return `${percent(low, digits)} – ${percent(high, digits)}`
}

function signed(share: number): string {
  const text = percent(share)
  return share > 0 ? `+${text}` : text
}

/** A p-value as people read it. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}

/** The columns: text first, then numbers. */
export const RESULT_COLUMNS: readonly ResultColumn[] = [
  {
    id: 'suite',
    title: 'Suite',
    help: 'Suite of tasks.',
    text: ({ suite }) => suite,
    value: ({ suite }) => suite,
  },
  {
    id: 'method',
    title: 'Method',
    help: 'As the command line names it.',
    text: ({ method }) => method.label,
    value: ({ method }) => method.label,
  },
  {
    id: 'success',
    title: 'Success, %',
    help: 'Closed-loop success with its 95 % Wilson interval.',
    text: ({ result }) => `${percent(result.successRate)} (${range(result.wilson95)})`,
    value: ({ result }) => result.successRate,
  },
  {
    id: 'n',
    title: 'n',
    help: 'Episodes.',
    text: ({ result }) => String(result.episodes),
    value: ({ result }) => result.episodes,
  },
  {
    id: 'difference',
    title: 'Against first, points',
    help: 'Difference of the success rates on the same seeds, with the paired bootstrap interval (tasks redrawn).',
    text: ({ pair }) => (pair ? `${signed(pair.difference)} (${range(pair.bootstrap95)})` : '–'),
    value: ({ pair }) => pair?.difference,
  },
  {
    id: 'discordant',
    title: 'Lost : won',
    help: 'Seeds that only the first method solved, and that only this one solved.',
    text: ({ pair }) => (pair ? `${pair.onlyFirst} : ${pair.onlySecond}` : '–'),
    value: ({ pair }) => pair?.onlyFirst,
  },
  {
    id: 'p',
    title: 'McNemar p',
    help: 'Exact, two-sided; not adjusted for the number of methods.',
    text: ({ pair }) => (pair ? formatP(pair.mcnemarP) : '–'),
    value: ({ pair }) => pair?.mcnemarP,
  },
  {
    id: 'budget',
    title: 'Tokens, %',
    help: 'Token-layers as a share of dense, as realised.',
    text: ({ result }) => percent(result.budget),
    value: ({ result }) => result.budget,
  },
  {
    id: 'macs',
    title: 'MACs, %',
    help: 'Multiply-accumulates of a query as a share of dense, counted from the realised lengths.',
    text: ({ result }) => percent(result.macsRatio),
    value: ({ result }) => result.macsRatio,
  },
  {
    id: 'p50',
    title: 'p50, ms',
    help: 'Median latency from observation to action, selector included.',
    text: ({ result }) => result.latencyMs.p50.toFixed(1),
    value: ({ result }) => result.latencyMs.p50,
  },
  {
    id: 'p95',
    title: 'p95, ms',
    help: '95th percentile of the latency.',
    text: ({ result }) => result.latencyMs.p95.toFixed(1),
    value: ({ result }) => result.latencyMs.p95,
  },
  {
    id: 'queries',
    title: 'Queries',
    help: 'Queries per episode, replans among them.',
    text: ({ result }) => `${result.queriesPerEpisode.toFixed(1)} (${result.replansPerEpisode.toFixed(1)})`,
    value: ({ result }) => result.queriesPerEpisode,
  },
  {
    id: 'recall',
    title: 'Recall, %',
    help: 'Share of the patches of target and destination that reach the last layer.',
    text: ({ result }) => percent(result.recall?.lastLayer),
    value: ({ result }) => result.recall?.lastLayer,
  },
  {
    id: 'l1',
    title: 'L1',
    help: 'Open-loop distance to the dense chunk on dense observations, in action units. It is not task success.',
    text: ({ result }) => result.agreement?.l1.toFixed(4) ?? '–',
    value: ({ result }) => result.agreement?.l1,
  },
]

/** How the table is sorted; undefined: as in the file. */
export interface Sorting {
  column: string
  descending: boolean
}

/** Rows whose suite is chosen and whose method contains the text, sorted; equal ones stay in the order of the file. */
export function selectRows(
  rows: readonly ResultRow[],
  { suite, text, sorting }: { suite: string; text: string; sorting: Sorting | undefined },
): ResultRow[] {
  const wanted = text.trim().toLowerCase()
  const shown = rows.filter(
    (row) =>
      (suite === '' || row.suite === suite) && `${row.method.label} ${row.method.title}`.toLowerCase().includes(wanted),
  )
  const column = RESULT_COLUMNS.find(({ id }) => id === sorting?.column)
  if (!column || !sorting) return shown
  const sign = sorting.descending ? -1 : 1
  return shown.sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)))
  })
}

/** The next sorting after a click on a heading: ascending, descending, as in the file. */
export function nextSorting(sorting: Sorting | undefined, column: string): Sorting | undefined {
  if (sorting?.column !== column) return { column, descending: false }
  return sorting.descending ? undefined : { column, descending: true }
}

/** The rows as text, for files. */
export function resultTable(caption: string, rows: readonly ResultRow[]): TextTable {
  return {
    caption,
    columns: RESULT_COLUMNS.map(({ title }) => title),
    rows: rows.map((row) => RESULT_COLUMNS.map((column) => column.text(row))),
  }
}

/** The file to show first: the comparison with most episodes a method, else the first file. */
export function broadest<T extends { file: ResultFile }>(results: readonly T[]): T | undefined {
  const episodes = ({ file }: T) =>
    file.kind === 'comparison' ? Object.values(file.suites).reduce((sum, suite) => sum + suite.episodes, 0) : 0
  return results.reduce<T | undefined>(
    (best, next) => (best && episodes(best) >= episodes(next) ? best : next),
    undefined,
  )
}

/** Our numbers beside published ones: a method at its own settings, mean over the suites that the file has. */
export interface OurNumbers {
  suites: string[]
  /** Per cent. */
  average: number
  /** Dense on the same seeds, per cent; absent if the file has no dense. */
  denseAverage?: number
  macs: number
  /** p50 of dense over p50 of the method. */
  speedUp: number
}

/**
 * Our numbers of a method at its own settings (no parameter changed), from the file that played most episodes with it.
 * @returns undefined if no file has it
 */
export function ownNumbers(comparisons: readonly Comparison[], methodId: string): OurNumbers | undefined {
  const candidates = comparisons.flatMap((comparison) => {
    const found = comparison.methods.find(({ id, changed }) => id === methodId && changed.length === 0)
    const rows = resultRows(comparison)
    const own = rows.filter(({ method }) => method.label === found?.label)
    const dense = rows.filter(({ method }) => method.id === 'dense')
    const episodes = Object.values(comparison.suites).reduce((sum, suite) => sum + suite.episodes, 0)
    return own.length > 0 ? [{ own, dense, episodes }] : []
  })
  if (candidates.length === 0) return undefined
  const { own, dense } = candidates.reduce((best, next) => (next.episodes > best.episodes ? next : best))
  const success = (rows: readonly ResultRow[]) => 100 * mean(rows, ({ result }) => result.successRate)
  return {
    suites: own.map(({ suite }) => suite),
    average: success(own),
    ...(dense.length > 0 && { denseAverage: success(dense) }),
    macs: 100 * mean(own, ({ result }) => result.macsRatio),
    speedUp: mean(dense, ({ result }) => result.latencyMs.p50) / mean(own, ({ result }) => result.latencyMs.p50),
  }
}

function mean(rows: readonly ResultRow[], of: (row: ResultRow) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0) / rows.length
}
