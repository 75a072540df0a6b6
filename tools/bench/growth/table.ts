import { AXES, type Axis, engineOf, type GrowthResult, modelsAlong, type ModelGrowth } from './result.ts'

const TITLES: Record<Axis, string> = { visualTokens: 'Visual tokens', layers: 'Layers', width: 'Width' }

/** The measurements as a Markdown document: a table for each axis, and what follows from each in a sentence. */
export function growthTable(result: GrowthResult): string {
  const { machine, date, app, method, rounds, command } = result
  const busy = machine.busy
    ? ['', `**The machine was busy (load ${machine.loadBefore.toFixed(1)}): do not read these times.**`]
    : []
  const head = [
    '# Cost growth: measurements',
    '',
    'Written by `tools/bench/growth.ts`; [performance.md](../performance.md#cost-growth) says what was measured and how.',
    '',
    `${date.slice(0, 10)}, ${machine.processor}, ${machine.cores} cores, ${machine.threads} thread(s), onnxruntime-node in ${machine.agent}, commit ${app.commit ?? 'unknown'}. \`${method}\`, ${rounds} interleaved rounds a model.`,
    ...busy,
  ]
  const parts = AXES.flatMap((axis) => axisPart(result, axis))
  return [...head, ...parts, '', '```sh', command, '```', ''].join('\n')
}

function axisPart(result: GrowthResult, axis: Axis): string[] {
  const along = modelsAlong(result, axis)
  const columns = [
    TITLES[axis],
    'GMAC dense',
    'dense, ms',
    'keep-all / dense',
    'SpecPrune, ms',
    'speed-up measured (95 %)',
    'speed-up on paper',
    'fused: speed-up (95 %)',
    'memory, MB: dense, keep-all, SpecPrune',
  ]
  const rows = along.map(({ value, model }) => `| ${[value, ...cells(model)].join(' | ')} |`)
  return [
    '',
    `## ${TITLES[axis]}`,
    '',
    `![${TITLES[axis]}: latency, speed-up and memory](growth-${axis}.svg)`,
    '',
    `| ${columns.join(' | ')} |`,
    `|${columns.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...remarks(axis, along),
  ]
}

function cells(model: ModelGrowth): string[] {
  const [dense, keepAll, pruned, fused] = (['dense', 'keep-all', 'pruned', 'fused'] as const).map((engine) =>
    engineOf(model, engine),
  )
  if (!dense || !keepAll || !pruned) return []
  const withInterval = ({ estimate, low, high }: typeof dense.speedUp) =>
    `${estimate.toFixed(2)} (${low.toFixed(2)} - ${high.toFixed(2)})`
  return [
    (dense.macs / 1e9).toFixed(2),
    dense.p50Ms.toFixed(2),
    (keepAll.p50Ms / dense.p50Ms).toFixed(2),
    pruned.p50Ms.toFixed(2),
    withInterval(pruned.speedUp),
    (dense.macs / pruned.macs).toFixed(2),
    fused ? withInterval(fused.speedUp) : '-',
    [dense, keepAll, pruned]
      .map(({ memoryBytes }) => (memoryBytes === undefined ? '-' : (memoryBytes / 1e6).toFixed(0)))
      .join(', '),
  ]
}

/** Where pruning pays, in a sentence; an axis along which it always does says that. */
function remarks(axis: Axis, along: readonly { value: number; model: ModelGrowth }[]): string[] {
  const pays = along.map(({ value, model }) => ({ value, low: engineOf(model, 'pruned')?.speedUp.low ?? 0 }))
  const not = pays.filter(({ low }) => low <= 1).map(({ value }) => value)
  const what = TITLES[axis].toLowerCase()
  const kept = along.map(({ value, model }) => {
    const [dense, pruned] = [engineOf(model, 'dense'), engineOf(model, 'pruned')]
    const paper = dense && pruned ? dense.macs / pruned.macs : 1
    return { value, share: ((pruned?.speedUp.estimate ?? 1) - 1) / (paper - 1) }
  })
  const best = kept.reduce((a, b) => (b.share > a.share ? b : a))
  const least = kept.reduce((a, b) => (b.share < a.share ? b : a))
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  return [
    not.length === 0
      ? `SpecPrune on the layered engine is faster than dense at every value (interval above 1).`
      : `SpecPrune on the layered engine is not shown to be faster than dense at ${what} ${not.join(', ')}: overhead takes the gain.`,
    `Of the gain that multiply-accumulates promise, ${percent(least.share)} arrives at ${what} ${least.value} and ${percent(best.share)} at ${best.value}.`,
  ]
}
