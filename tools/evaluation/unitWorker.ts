import { oneLine } from '../cli/io.ts'
import type { FromUnitWorker, ToUnitWorker } from './unitPool.ts'
import { UnitRunner } from './unitRunner.ts'

// Results go through the channel to the parent; whatever a library prints must not reach its standard output.
console.log = console.error

let runner: UnitRunner | undefined

async function handle(message: ToUnitWorker): Promise<FromUnitWorker | undefined> {
  switch (message.type) {
    case 'open':
      runner = await UnitRunner.open(message.settings)
      return { type: 'ready', device: runner.policy.device }
    case 'run':
      if (runner === undefined) throw new Error('The worker was asked to run before it was opened.')
      return { type: 'unit', result: await runner.run(message.unit) }
    case 'close':
      await runner?.dispose()
      process.disconnect()
      return undefined
  }
}

// A parent that was killed says nothing; without this its workers would finish their unit for nobody.
process.on('disconnect', () => process.exit(0))

process.on('message', (message: ToUnitWorker) => {
  handle(message)
    .catch((error: unknown): FromUnitWorker => ({ type: 'failed', message: oneLine(error) }))
    .then((answer) => answer && process.send?.(answer))
    .catch(() => process.exit(1))
})
