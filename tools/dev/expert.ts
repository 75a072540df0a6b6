/**
 * Plays the clean expert over seeds of a suite and counts what it solves, by task:
 *   npx tsx tools/dev/expert.ts --suite spatial --seeds 0..299
 */
import { parseArgs } from 'node:util'
import { createEnvironment } from '../../src/simulation/environment.ts'
import { expertAction } from '../../src/simulation/expert.ts'
import { startEpisode } from '../../src/simulation/rollout.ts'
import { parseSeeds, parseSuite, seedList } from '../cli/options.ts'
import { runStandalone } from '../cli/standalone.ts'

await runStandalone('expert', async () => {
  const { values } = parseArgs({
    options: { suite: { type: 'string', default: 'object' }, seeds: { type: 'string', default: '0..299' } },
  })

  const suite = parseSuite(values.suite)
  const seeds = seedList(parseSeeds(values.seeds))
  const environment = await createEnvironment()
  const counts = new Map<string, { episodes: number; solved: number; steps: number; failed: string[] }>()
  for (const seed of seeds) {
    const episode = startEpisode(environment, suite, seed)
    let result = episode.step(expertAction(environment.world(), episode.task, episode.activeGoal))
    while (!result.done) result = episode.step(expertAction(environment.world(), episode.task, episode.activeGoal))
    for (const name of [`${suite}/${episode.task.taskId}`, suite]) {
      const count = counts.get(name) ?? { episodes: 0, solved: 0, steps: 0, failed: [] }
      counts.set(name, count)
      count.episodes++
      if (result.success) {
        count.solved++
        count.steps += result.info.stepCount
      } else count.failed.push(`${seed} ${result.info.failure ?? ''}`)
    }
  }
  for (const [name, { episodes, solved, steps, failed }] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
    const mean = solved > 0 ? `, mean ${(steps / solved).toFixed(1)} steps` : ''
    console.log(`${name}: ${solved}/${episodes}${mean}${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`)
  }
  environment.dispose()
})
