/**
 * Compares the same methods on the same seeds of two result files, for example of two models:
 *   npx tsx tools/dev/pairResults.ts object.json object-int8.json
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { comparePaired } from '../../src/core/statistics/pairedOutcomes.ts'
import type { Comparison, SuiteComparison } from '../../src/data/results/comparison.ts'
import { readResult } from '../../src/data/results/readResult.ts'
import { UsageError } from '../cli/io.ts'
import { runStandalone } from '../cli/standalone.ts'

await runStandalone('pairResults', async () => {
  const { positionals } = parseArgs({ allowPositionals: true })
  if (positionals.length !== 2) throw new UsageError('Two files of "specprune compare" are needed.')
  const [first, second] = positionals.map(readComparison)
  console.log(`first:  ${name(first)}\nsecond: ${name(second)}`)
  const lines = Object.keys(first.suites).flatMap((suite) =>
    suite in second.suites
      ? pairSuite(suite, first.suites[suite], second.suites[suite], first.provenance.bootstrap)
      : [],
  )
  if (lines.length === 0) throw new UsageError('The files have no method and suite in common.')
  console.log(lines.join('\n'))
})

function readComparison(file: string): Comparison {
  const result = readResult(file, readFileSync(file, 'utf8'))
  if (result.kind !== 'comparison') throw new UsageError(`${file}: a comparison is needed, not "${result.kind}".`)
  return result
}

function name({ provenance: { model } }: Comparison): string {
  return `${model.id} ${model.weightsSha256.slice(0, 12)}`
}

/** A line for each method that both have, over the seeds that both have. */
function pairSuite(
  suite: string,
  first: SuiteComparison,
  second: SuiteComparison,
  bootstrap: { samples: number; seed: number },
): string[] {
  const from = Math.max(first.seeds.first, second.seeds.first)
  const to = Math.min(first.seeds.last, second.seeds.last)
  if (from > to) return []
  const part = <T>({ seeds }: SuiteComparison, list: readonly T[]) =>
    list.slice(from - seeds.first, to + 1 - seeds.first)
  return first.outcomes.flatMap(({ method, success }) => {
    const other = second.outcomes.find((outcome) => outcome.method === method)
    if (!other) return []
    const [a, b] = [part(first, success), part(second, other.success)].map((list) => list.map((value) => value === 1))
    const pair = comparePaired(a, b, { ...bootstrap, clusters: part(first, first.tasks) })
    const solved = (list: readonly boolean[]) => list.filter(Boolean).length
    const points = (share: number) => (100 * share).toFixed(1)
    const interval = pair.bootstrap95.map(points).join(' to ')
    return [
      `${suite}, seeds ${from} - ${to}, ${method}: ${solved(a)} and ${solved(b)} of ${pair.pairs}; second - first ${points(pair.difference)} points (${interval}), discordant ${pair.onlyFirst} : ${pair.onlySecond}, McNemar p = ${pair.mcnemarP.toPrecision(2)}`,
    ]
  })
}
