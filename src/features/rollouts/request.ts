import { commands } from '../../stores/commands.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import type { RolloutCommands } from '../../stores/rolloutStore.ts'

/** Asks the controller for something; its code is loaded with the first request. */
export function ask(request: (rollouts: RolloutCommands) => void | Promise<void>): void {
  commands()
    .rollouts()
    .then(request)
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      useRolloutStore.getState().setOpening(undefined, message)
    })
}
