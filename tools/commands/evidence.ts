import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { methodKey } from '../../src/core/pruning/methodList.ts'
import type { Manifest } from '../../src/core/schema/manifest.ts'
import { pairedBootstrap } from '../../src/core/statistics/bootstrap.ts'
import { visualTokenCount } from '../../src/core/tokens/layout.ts'
import { ATTENTION_VERSION, type AttentionFile, type AttentionShareResult } from '../../src/data/results/attention.ts'
import { type ResultIndex, RESULT_INDEX_VERSION } from '../../src/data/results/resultIndex.ts'
import { DENSE_METHOD } from '../../src/runtime/replay.ts'
import { horizonOf, type SuiteId } from '../../src/simulation/tasks.ts'
import type { CommandIo } from '../cli/io.ts'
import { type SeedRange, seedList } from '../cli/options.ts'
import { appVersion } from '../cli/project.ts'
import { Journal } from '../evaluation/journal.ts'
import { type AttentionUnit, type Unit, unitKey, type UnitSettings } from '../evaluation/units.ts'
import { conditionsOf, playInto } from './compare.ts'

/** A checked call for a file of attention measurements. */
export interface AttentionRequest {
  title: string
  suites: readonly SuiteId[]
  seeds: SeedRange
  manifest: Manifest
  settings: UnitSettings
  workers: number
  journal: string
  out: string
  command: string
}

/** Resamples of the bootstrap over episodes. */
const SAMPLES = 10_000

/** Measures what the dense policy attends to over its own episodes, and writes the file. */
export async function measureAttention(request: AttentionRequest, io: CommandIo): Promise<AttentionFile> {
  const { manifest, settings, suites, seeds } = request
  const method = { id: DENSE_METHOD, values: {} }
  const unit = (suite: SuiteId, seed: number): Unit => ({
    ...{ kind: 'attention', suite, seed },
    ...{ method, methodKey: methodKey(method) },
  })
  const journal = Journal.open(request.journal, conditionsOf(manifest, settings))
  try {
    const app = appVersion()
    await playInto(
      journal,
      suites.flatMap((suite) => seedList(seeds).map((seed) => unit(suite, seed))),
      request,
      app,
      io,
    )
    const results = suites.map((suite) => {
      const units = seedList(seeds).map((seed) => journal.content.results.get(unitKey(unit(suite, seed))))
      const own = units.filter((result): result is AttentionUnit => result?.kind === 'attention')
      const horizonSteps = settings.horizonSteps ?? horizonOf(suite)
      return [suite, { seeds, horizonSteps, shares: averageShares(own, visualTokenCount(manifest.layout)) }] as const
    })
    const file: AttentionFile = {
      version: ATTENTION_VERSION,
      kind: 'attention',
      title: request.title,
      suites: Object.fromEntries(results),
      provenance: {
        createdAt: new Date().toISOString(),
        app,
        command: request.command,
        model: {
          id: manifest.id,
          weightsSha256: manifest.weights.sha256,
          layers: manifest.model.layers,
          visualTokens: visualTokenCount(manifest.layout),
        },
        executeSteps: settings.executeSteps,
        devices: journal.content.sessions.map(({ device }) => device).slice(0, 1),
      },
    }
    mkdirSync(dirname(request.out), { recursive: true })
    writeFileSync(request.out, `${JSON.stringify(file)}\n`)
    return file
  } finally {
    journal.close()
  }
}

function averageShares(units: readonly AttentionUnit[], visualTokens: number): AttentionShareResult[] {
  return units[0].shares.map(({ measure, rows, layers, top, of }, index) => {
    const own = units.map(({ shares }) => shares[index])
    // One value per query, so that long episodes weigh more; episodes are redrawn whole.
    const values = own.flatMap(({ count, sum }) => new Array<number>(count).fill(sum / count))
    const clusters = own.flatMap(({ count }, episode) => new Array<number>(count).fill(episode))
    const { estimate, low, high } = pairedBootstrap(values, { clusters, samples: SAMPLES, seed: 0 })
    const count = values.length
    return {
      ...{ measure, rows, layers, top, of, count, mean: estimate },
      bootstrap95: [low, high],
      chance: of / visualTokens,
    }
  })
}

const headingSchema = z.object({ kind: z.enum(['comparison', 'attention']), title: z.string().optional() })

/** Writes `index.json`: the result files of a folder, for the page. @throws if a file there is no result */
export function writeResultIndex(directory: string): void {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .sort()
    .map((file) => {
      const { kind, title } = headingSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')))
      return { file, kind, title: title ?? file }
    })
  const index: ResultIndex = { version: RESULT_INDEX_VERSION, files }
  writeFileSync(join(directory, 'index.json'), `${JSON.stringify(index, undefined, 2)}\n`)
}
