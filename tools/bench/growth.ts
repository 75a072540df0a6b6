/**
 * What a query costs as visual tokens, layers and width grow, on paper (multiply-accumulates) and measured, and what SpecPrune
 * saves of it. Models of random weights come from `specprune_train.make_growth`; on a quiet machine:
 *
 *     PYTHONPATH=training python -m specprune_train.make_growth --out work/growth
 *     npx tsx tools/bench/growth.ts --require-quiet
 *
 * writes growth.json, growth.md and a figure for each axis into docs/performance.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatMethod, parseMethod } from '../../src/core/pruning/registry.ts'
import { asUsage, processIo } from '../cli/io.ts'
import { wholeNumber } from '../cli/options.ts'
import { appVersion, ROOT } from '../cli/project.ts'
import { runStandalone } from '../cli/standalone.ts'
import { growthFigure } from './growth/figure.ts'
import { measureModel } from './growth/measureModel.ts'
import { AXES, type GrowthResult, growthIndexSchema, type ModelGrowth } from './growth/result.ts'
import { growthTable } from './growth/table.ts'

/** A one-minute load above this means that another job uses the cores. */
const QUIET_LOAD = 0.5

/** A quarter of the visual tokens behind the static removal, then the layer level's stages. */
const DEFAULT_METHOD = 'specprune:paper-v3:staticCount=128'
const MOST = 1_000_000

/** What the arguments say. */
type Call = ReturnType<typeof readCall>

await runStandalone('growth', async () => {
  const call = readCall()
  const [loadBefore] = loadavg()
  const busy = loadBefore > QUIET_LOAD
  if (busy) {
    const text = `The machine is busy (load ${loadBefore.toFixed(1)}): times will be longer and ratios may be off.`
    if (call.requireQuiet) throw new Error(text)
    processIo.error(`Warning: ${text}\n`)
  }
  const index = growthIndexSchema.parse(JSON.parse(readFileSync(join(call.models, 'growth.json'), 'utf8')))
  const folders = [...new Set(AXES.flatMap((axis) => index.axes[axis].map(({ folder }) => folder)))]
  const models = await measure(folders, call)
  write(call, { ...index, models, loadBefore, busy })
})

function readCall() {
  const { values } = parseArgs({
    options: {
      models: { type: 'string', default: 'work/growth' },
      out: { type: 'string', default: join(ROOT, 'docs/performance') },
      method: { type: 'string', default: DEFAULT_METHOD },
      rounds: { type: 'string', default: '20' },
      threads: { type: 'string', default: '1' },
      seed: { type: 'string', default: '0' },
      'no-memory': { type: 'boolean', default: false },
      'require-quiet': { type: 'boolean', default: false },
    },
  })
  return {
    models: values.models,
    out: values.out,
    methodText: values.method,
    method: asUsage(() => parseMethod(values.method)),
    rounds: wholeNumber('--rounds', 1, MOST)(values.rounds),
    threads: wholeNumber('--threads', 1, 64)(values.threads),
    seed: wholeNumber('--seed', 0, MOST)(values.seed),
    memory: !values['no-memory'],
    requireQuiet: values['require-quiet'],
  }
}

async function measure(folders: readonly string[], call: Call): Promise<ModelGrowth[]> {
  const models: ModelGrowth[] = []
  for (const folder of folders) {
    const model = await measureModel(folder, join(call.models, folder), call)
    models.push(model)
    const line = model.engines.map(({ engine, p50Ms }) => `${engine} ${p50Ms.toFixed(1)} ms`).join(', ')
    processIo.error(`${folder} (${models.length} of ${folders.length}): ${line}\n`)
  }
  return models
}

function write(
  { methodText, method, rounds, threads, seed, out }: Call,
  { axes, models, ...load }: Pick<GrowthResult, 'axes' | 'models'> & { loadBefore: number; busy: boolean },
): void {
  const result: GrowthResult = {
    version: 1,
    date: new Date().toISOString(),
    method: formatMethod(method),
    rounds,
    axes,
    models,
    machine: {
      backend: 'node',
      threads,
      processor: cpus()[0]?.model.trim() ?? 'unknown processor',
      cores: cpus().length,
      agent: `Node ${process.versions.node}`,
      ...load,
    },
    app: appVersion(),
    command: `npx tsx tools/bench/growth.ts --method ${methodText} --rounds ${rounds} --threads ${threads} --seed ${seed}`,
  }
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'growth.json'), `${JSON.stringify(result)}\n`)
  writeFileSync(join(out, 'growth.md'), growthTable(result))
  for (const axis of AXES) writeFileSync(join(out, `growth-${axis}.svg`), growthFigure(result, axis))
  processIo.error(`Wrote growth.json, growth.md and ${AXES.length} figures into ${out}.\n`)
}
