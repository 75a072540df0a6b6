import { commands } from '../../stores/commands.ts'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import type { SimulatorCommands } from '../../stores/simulatorStore.ts'

/** Asks the controller for something; its code is loaded with the first request. */
export function ask(request: (simulator: SimulatorCommands) => void | Promise<void>): void {
  commands()
    .simulator()
    .then(request)
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      useSimulatorStore.getState().update({ phase: { status: 'failed', message } })
    })
}
