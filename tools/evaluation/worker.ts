import { oneLine } from '../cli/io.ts'
import { EpisodeRunner } from './episode.ts'
import type { FromWorker, ToWorker } from './pool.ts'

// Results go through the channel to the parent; whatever a library prints must not reach its standard output.
console.log = console.error

let runner: EpisodeRunner | undefined

async function handle(message: ToWorker): Promise<FromWorker | undefined> {
  switch (message.type) {
    case 'open':
      runner = await EpisodeRunner.open(message.settings)
      return { type: 'ready', device: runner.policy.device }
    case 'run':
      if (runner === undefined) throw new Error('The worker was asked to run before it was opened.')
      return { type: 'episode', result: await runner.run(message.suite, message.seed) }
    case 'close':
      await runner?.dispose()
      process.disconnect()
      return undefined
  }
}

process.on('message', (message: ToWorker) => {
  handle(message)
    .catch((error: unknown): FromWorker => ({ type: 'failed', message: oneLine(error) }))
    .then((answer) => answer && process.send?.(answer))
    .catch(() => process.exit(1))
})
