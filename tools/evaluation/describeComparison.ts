import type { Comparison, MethodResult, PairResult, SuiteComparison } from '../../src/data/results/comparison.ts'

/** A comparison as text for a terminal. */
export function describeComparison({ suites, methods, provenance }: Comparison): string {
  const width = Math.max(...methods.map(({ label }) => label.length))
  const texts = Object.entries(suites).map(([suite, result]) => describeSuite(suite, result, width))
  return `${texts.join('\n')}${provenance.model.id} ${provenance.model.weightsSha256.slice(0, 12)}, ${provenance.workers} process(es)\n`
}

function describeSuite(suite: string, { seeds, methods, pairs }: SuiteComparison, width: number): string {
  const header = `${suite}, seeds ${seeds.first} - ${seeds.last}`
  return [header, ...methods.map((row) => describeRow(row, width)), ...pairs.map(describePair), ''].join('\n')
}

function describeRow(row: MethodResult, width: number): string {
  const [low, high] = row.wilson95
  const parts = [
    `${row.successes}/${row.episodes} (${percent(low)} to ${percent(high)})`,
    `tokens ${percent(row.budget)}, MACs ${percent(row.macsRatio)}`,
    `p50 ${row.latencyMs.p50.toFixed(1)} ms, p95 ${row.latencyMs.p95.toFixed(1)} ms`,
    `${row.queriesPerEpisode.toFixed(1)} queries, ${row.replansPerEpisode.toFixed(1)} replans an episode`,
    ...(row.recall ? [`recall ${percent(row.recall.lastLayer)}`] : []),
    ...(row.agreement ? [`L1 ${row.agreement.l1.toFixed(4)}`] : []),
  ]
  return `  ${row.method.padEnd(width)}  ${parts.join('  ')}`
}

function describePair({ first, second, onlyFirst, onlySecond, mcnemarP, difference, bootstrap95 }: PairResult): string {
  const points = (share: number) => (100 * share).toFixed(1)
  return `  ${second} - ${first}: ${points(difference)} points (${points(bootstrap95[0])} to ${points(bootstrap95[1])}), discordant ${onlyFirst} : ${onlySecond}, McNemar p = ${mcnemarP.toPrecision(2)}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
