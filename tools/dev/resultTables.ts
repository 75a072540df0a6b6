import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toMarkdown } from '../../src/core/report/tables.ts'
import type { AttentionFile } from '../../src/data/results/attention.ts'
import type { Comparison } from '../../src/data/results/comparison.ts'
import { readResult } from '../../src/data/results/readResult.ts'
import { resultIndexSchema } from '../../src/data/results/resultIndex.ts'
import { publishedTexts } from '../../src/features/results/publishedModel.ts'
import { RESULT_COLUMNS, resultRows } from '../../src/features/results/resultsModel.ts'
import { ROOT } from '../cli/project.ts'

/** Latencies are left out: the files were made by processes that waited for each other. */
const LEFT_OUT = new Set(['suite', 'p50', 'p95', 'n'])
const COLUMNS = RESULT_COLUMNS.filter(({ id }) => !LEFT_OUT.has(id))
const OUTPUT = join(ROOT, 'docs/results/tables.md')

const HEAD = `# Tables of public/results

Written by \`npx tsx tools/dev/resultTables.ts\` from the files that the page's Results tab shows; not to be edited by hand. How to
read them: [reading](README.md). Success with its 95 % Wilson interval; differences against the file's first method on the same seeds, with the
95 % interval of the paired bootstrap; McNemar's p is exact and not adjusted for the number of methods.
`

/** The Markdown page with a table for each result file and suite. */
export function resultTables(directory: string): string {
  const read = (file: string) => readFileSync(join(directory, file), 'utf8')
  const { files } = resultIndexSchema.parse(JSON.parse(read('index.json')))
  const results = files.map(({ file, title }) => ({ file, title, result: readResult(file, read(file)) }))
  const comparisons = results.flatMap(({ result }) => (result.kind === 'comparison' ? [result] : []))
  const sections = results.map(({ file, title, result }) => {
    const name = file.replace(/\.json$/, '')
    const body = result.kind === 'attention' ? attentionTables(result) : comparisonTables(result)
    return `## ${title}\n\n\`npm run -s evidence -- ${name}\`\n\n${body}`
  })
  return [HEAD, ...sections, publishedTable(comparisons)].join('\n')
}

function publishedTable(comparisons: readonly Comparison[]): string {
  const table = toMarkdown({
    caption: '',
    columns: ['Method', 'Paper v1', 'Paper v3', 'Ours'],
    rows: publishedTexts(comparisons).map(({ title, v1, v3, ours }) => [title, v1, v3, ours]),
  })
  return `## Published numbers beside ours

Success in % (difference to dense in points), cost as a share of dense, speed-up. Paper: OpenVLA-OFT on LIBERO, mean of four suites. Ours: the
method at its own settings in the file with most episodes; the speed-up there is from processes that shared two cores.

${table}`
}

function comparisonTables(comparison: Comparison): string {
  return Object.entries(comparison.suites)
    .map(([suite, { seeds, episodes }]) => {
      const rows = resultRows(comparison).filter((row) => row.suite === suite)
      const table = toMarkdown({
        caption: '',
        columns: COLUMNS.map(({ title }) => title),
        rows: rows.map((row) => COLUMNS.map((column) => column.text(row))),
      })
      return `Suite ${suite}, seeds ${seeds.first} – ${seeds.last}, ${episodes} episodes a row.\n\n${table}`
    })
    .join('\n')
}

function attentionTables({ suites }: AttentionFile): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  return Object.entries(suites)
    .map(([suite, { seeds, shares }]) => {
      const table = toMarkdown({
        caption: '',
        columns: ['Measure', 'Rows', 'Layers', 'Best', 'Among', 'Mean, %', '95 % interval', 'Chance, %', 'n'],
        rows: shares.map(({ measure, rows, layers, top, of, mean, bootstrap95: [low, high], chance, count }) => [
          ...[measure, rows, layers.join(', '), String(top), String(of)],
          ...[percent(mean), `${percent(low)} – ${percent(high)}`, percent(chance), String(count)],
        ]),
      })
      return `Suite ${suite}, seeds ${seeds.first} – ${seeds.last}, the dense policy's own episodes.\n\n${table}`
    })
    .join('\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(OUTPUT, resultTables(join(ROOT, 'public/results')))
