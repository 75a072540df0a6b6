import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseMethod } from '../src/core/pruning/registry.ts'
import type { RunIndex } from '../src/core/schema/runIndex.ts'
import { processIo } from './cli/io.ts'
import { ROOT } from './cli/project.ts'
import { replay } from './commands/replay.ts'
import { executeStepsFor, findModel } from './policy/openModel.ts'

/**
 * Records the runs that are served with the page (`public/runs`): the first answer, before any weight is loaded.
 * For each featured episode one run of SpecPrune and one dense run with the scores of all layers, which make the
 * sliders answer at once. Run it again whenever the model or the episodes change:
 *
 *     npx tsx tools/recordRuns.ts [model]
 */
const DATASET = 'object'
const FEATURED_EPISODES = [0, 3, 6]
const METHODS = ['specprune:paper-v3', 'dense']

const model = findModel(process.argv.at(2))
const directory = join(ROOT, 'public/runs')
rmSync(directory, { recursive: true, force: true })
mkdirSync(directory, { recursive: true })

const index: RunIndex = { version: 1, runs: [] }
for (const episode of FEATURED_EPISODES) {
  for (const text of METHODS) {
    const method = parseMethod(text)
    const file = `${DATASET}-${episode}-${method.id}.json`
    await replay(
      {
        datasetDirectory: join(ROOT, 'public/episodes', DATASET),
        episode,
        modelDirectory: model.directory,
        threads: 1,
        method,
        executeSteps: executeStepsFor(model.manifest, undefined),
        methodSeed: 0,
        scores: true,
        out: join(directory, file),
        json: false,
      },
      { ...processIo, output: () => undefined },
    )
    index.runs.push({ file, dataset: DATASET, episode, method: method.id, model: basename(model.directory) })
  }
}
writeFileSync(join(directory, 'index.json'), `${JSON.stringify(index, undefined, 2)}\n`)
