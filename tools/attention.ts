/**
 * Whether the dense policy's attention carries the signal that pruning reads: recall of the simulator's relevance masks
 * among the best tokens of each layer and view, overlap with the last layer and with the previous query. Closed loop:
 *   npx tsx tools/attention.ts --suite object --seeds 100000..100019 --out work/attention/object
 * writes <out>.json and <out>.svg.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { ACTION_SIZE } from '../src/core/schema/observation.ts'
import { visualSegments } from '../src/core/tokens/layout.ts'
import { createEnvironment } from '../src/simulation/environment.ts'
import { startEpisode } from '../src/simulation/rollout.ts'
import { recallFigure } from './attention/figure.ts'
import { AttentionRecall, chanceOf, TOP_COUNTS } from './attention/measures.ts'
import { parseSeeds, parseSuites, parseWording, seedList } from './cli/options.ts'
import { appVersion } from './cli/project.ts'
import { executeStepsFor, findModel, openWarmPolicy } from './policy/openModel.ts'

const { values } = parseArgs({
  options: {
    suite: { type: 'string', default: 'object' },
    seeds: { type: 'string', default: '100000..100019' },
    model: { type: 'string' },
    execute: { type: 'string' },
    wording: { type: 'string', default: 'plain' },
    out: { type: 'string', default: 'work/attention/object' },
  },
})

const suites = parseSuites(values.suite)
const seeds = seedList(parseSeeds(values.seeds))
const model = findModel(values.model)
const { manifest } = model
const executeSteps = executeStepsFor(manifest, values.execute === undefined ? undefined : Number(values.execute))
const policy = await openWarmPolicy(model.directory, 1)
const environment = await createEnvironment()
const recall = new AttentionRecall()
let [queries, successes] = [0, 0]
for (const suite of suites) {
  for (const seed of seeds) {
    const episode = startEpisode(environment, suite, seed, parseWording(values.wording))
    recall.beginEpisode()
    let result = { success: false, done: false }
    while (!result.done) {
      const { observation, relevance } = episode.observeWithRelevance()
      const { chunk, scores } = await policy.engines.layered.query(observation, { taps: 'all' })
      recall.add(scores, relevance)
      queries++
      for (let i = 0; i < executeSteps && !result.done; i++) {
        result = episode.step(chunk.slice(i * ACTION_SIZE, (i + 1) * ACTION_SIZE))
      }
    }
    if (result.success) successes++
    console.error(`${suite} seed ${seed}: ${result.success ? 'success' : 'failed'}`)
  }
}

const patches = visualSegments(manifest.layout).map(({ rows, columns }) => rows * columns)[0]
const title = `${manifest.id}, ${suites.join(', ')}: ${queries} dense queries in ${suites.length * seeds.length} episodes`
mkdirSync(dirname(values.out), { recursive: true })
const file = {
  version: 1,
  kind: 'attention-recall',
  title,
  model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
  app: appVersion(),
  ...{ suites, seeds: values.seeds, wording: values.wording, executeSteps },
  ...{ episodes: suites.length * seeds.length, successes, queries },
  chance: Object.fromEntries(TOP_COUNTS.map((top) => [top, chanceOf(top, patches)])),
  values: recall.summary(),
}
writeFileSync(`${values.out}.json`, `${JSON.stringify(file, undefined, 1)}\n`)
writeFileSync(`${values.out}.svg`, recallFigure(file.values, title, patches))
console.log(`${title}; ${successes} solved. Written: ${values.out}.json, ${values.out}.svg`)
environment.dispose()
await policy.dispose()
