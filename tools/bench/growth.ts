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
import { processIo } from '../cli/io.ts'
import { appVersion, ROOT } from '../cli/project.ts'
import { growthFigure } from './growth/figure.ts'
import { measureModel } from './growth/measureModel.ts'
import { AXES, type GrowthResult, growthIndexSchema, type ModelGrowth } from './growth/result.ts'
import { growthTable } from './growth/table.ts'

/** A one-minute load above this means that another job uses the cores. */
const QUIET_LOAD = 0.5

/** A quarter of the visual tokens behind the static removal, then the layer level's stages. */
const DEFAULT_METHOD = 'specprune:paper-v3:staticCount=128'

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

const [loadBefore] = loadavg()
const busy = loadBefore > QUIET_LOAD
if (busy) {
  const text = `The machine is busy (load ${loadBefore.toFixed(1)}): times will be longer and ratios may be off.\n`
  processIo.error(values['require-quiet'] ? text : `Warning: ${text}`)
  if (values['require-quiet']) process.exit(1)
}

const index = growthIndexSchema.parse(JSON.parse(readFileSync(join(values.models, 'growth.json'), 'utf8')))
const method = parseMethod(values.method)
const rounds = wholeNumber('rounds', values.rounds)
const threads = wholeNumber('threads', values.threads)
const folders = [...new Set(AXES.flatMap((axis) => index.axes[axis].map(({ folder }) => folder)))]
const models: ModelGrowth[] = []
for (const folder of folders) {
  const options = { method, rounds, threads, seed: Number(values.seed), memory: !values['no-memory'] }
  const model = await measureModel(folder, join(values.models, folder), options)
  models.push(model)
  const line = model.engines.map(({ engine, p50Ms }) => `${engine} ${p50Ms.toFixed(1)} ms`).join(', ')
  processIo.error(`${folder} (${models.length} of ${folders.length}): ${line}\n`)
}

const result: GrowthResult = {
  version: 1,
  date: new Date().toISOString(),
  method: formatMethod(method),
  rounds,
  axes: index.axes,
  models,
  machine: {
    backend: 'node',
    threads,
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    agent: `Node ${process.versions.node}`,
    loadBefore,
    busy,
  },
  app: appVersion(),
  command: `npx tsx tools/bench/growth.ts --method ${values.method} --rounds ${rounds} --threads ${threads} --seed ${values.seed}`,
}
mkdirSync(values.out, { recursive: true })
writeFileSync(join(values.out, 'growth.json'), `${JSON.stringify(result)}\n`)
writeFileSync(join(values.out, 'growth.md'), growthTable(result))
for (const axis of AXES) writeFileSync(join(values.out, `growth-${axis}.svg`), growthFigure(result, axis))
processIo.error(`Wrote growth.json, growth.md and ${AXES.length} figures into ${values.out}.\n`)

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  processIo.error(`--${name}: expected a whole number from 1, got "${text}".\n`)
  return process.exit(2)
}
