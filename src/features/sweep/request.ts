import { commands } from '../../stores/commands.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import type { SweepCommands } from '../../stores/sweepStore.ts'

/** Asks the controller for something; its code is loaded with the first request. */
export function ask(request: (sweep: SweepCommands) => void | Promise<void>): void {
  commands()
    .sweep()
    .then(request)
    .catch((error: unknown) => {
      useSweepStore.getState().update({ note: error instanceof Error ? error.message : String(error) })
    })
}
