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
import { parseSeeds, parseSuites, parseWording, seedList, wholeNumber } from './cli/options.ts'
import { appVersion } from './cli/project.ts'
import { runStandalone } from './cli/standalone.ts'
import { executeStepsFor, findModel, openWarmPolicy } from './policy/openModel.ts'

/** What the arguments say. */
type Call = ReturnType<typeof readCall>

/** What was counted beside the measures. */
interface Counts {
  queries: number
  successes: number
}

await runStandalone('attention', async () => {
  const call = readCall()
  const recall = new AttentionRecall()
  const counts = await play(call, recall)
  const patches = visualSegments(call.manifest.layout).map(({ rows, columns }) => rows * columns)[0]
  write(call, recall, counts, patches)
})

function readCall() {
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
  const { directory, manifest } = findModel(values.model)
  const requested = values.execute === undefined ? undefined : wholeNumber('--execute', 1, 64)(values.execute)
  return {
    suites: parseSuites(values.suite),
    seedsText: values.seeds,
    seeds: seedList(parseSeeds(values.seeds)),
    directory,
    manifest,
    executeSteps: executeStepsFor(manifest, requested),
    wording: parseWording(values.wording),
    out: values.out,
  }
}

async function play(
  { suites, seeds, directory, executeSteps, wording }: Call,
  recall: AttentionRecall,
): Promise<Counts> {
  const policy = await openWarmPolicy(directory, 1)
  const environment = await createEnvironment()
  const counts: Counts = { queries: 0, successes: 0 }
  for (const suite of suites) {
    for (const seed of seeds) {
      const episode = startEpisode(environment, suite, seed, wording)
      recall.beginEpisode()
      let result = { success: false, done: false }
      while (!result.done) {
        const { observation, relevance } = episode.observeWithRelevance()
        const { chunk, scores } = await policy.engines.layered.query(observation, { taps: 'all' })
        recall.add(scores, relevance)
        counts.queries++
        for (let i = 0; i < executeSteps && !result.done; i++) {
          result = episode.step(chunk.slice(i * ACTION_SIZE, (i + 1) * ACTION_SIZE))
        }
      }
      if (result.success) counts.successes++
      console.error(`${suite} seed ${seed}: ${result.success ? 'success' : 'failed'}`)
    }
  }
  environment.dispose()
  await policy.dispose()
  return counts
}

function write(call: Call, recall: AttentionRecall, { queries, successes }: Counts, patches: number): void {
  const { suites, seeds, seedsText, manifest, executeSteps, wording, out } = call
  const episodes = suites.length * seeds.length
  const title = `${manifest.id}, ${suites.join(', ')}: ${queries} dense queries in ${episodes} episodes`
  mkdirSync(dirname(out), { recursive: true })
  const file = {
    version: 1,
    kind: 'attention-recall',
    title,
    model: { id: manifest.id, weightsSha256: manifest.weights.sha256 },
    app: appVersion(),
    ...{ suites, seeds: seedsText, wording, executeSteps },
    ...{ episodes, successes, queries },
    chance: Object.fromEntries(TOP_COUNTS.map((top) => [top, chanceOf(top, patches)])),
    values: recall.summary(),
  }
  writeFileSync(`${out}.json`, `${JSON.stringify(file, undefined, 1)}\n`)
  writeFileSync(`${out}.svg`, recallFigure(file.values, title, patches))
  console.log(`${title}; ${successes} solved. Written: ${out}.json, ${out}.svg`)
}
