import type { RolloutCommands } from './rolloutStore.ts'
import type { SimulatorCommands } from './simulatorStore.ts'
import type { SweepCommands } from './sweepStore.ts'

/** Things that a person can ask for and that take the inference worker. The app provides them; features call them. */
export interface Commands {
  startLoad(): void
  cancelLoad(): void
  /** Opens the page with another policy that is served; what is shown stays as far as it fits. */
  openModel(id: string): void
  /** Runs the panel's settings over the episode again. */
  runLive(): void
  cancelRun(): void
  startBenchmark(rounds: number): void
  cancelBenchmark(): void
  /** Opens a person's own selector from a file. */
  openSelector(file: File): void
  /** The share link to what is on the screen, as the part after `#`. */
  readFragment(): string
  /** Closed-loop comparisons, the live simulator and sweeps; their code comes with the first use. */
  rollouts(): Promise<RolloutCommands>
  simulator(): Promise<SimulatorCommands>
  sweep(): Promise<SweepCommands>
}

const nothing = () => undefined
const notProvided = () => Promise.reject(new Error('The page has not started yet.'))

let provided: Commands = {
  startLoad: nothing,
  cancelLoad: nothing,
  openModel: nothing,
  runLive: nothing,
  cancelRun: nothing,
  startBenchmark: nothing,
  cancelBenchmark: nothing,
  openSelector: nothing,
  readFragment: () => '',
  rollouts: notProvided,
  simulator: notProvided,
  sweep: notProvided,
}

/** Called once, by the app. */
export function provideCommands(commands: Commands): void {
  provided = commands
}

/** The commands of the running page. */
export function commands(): Commands {
  return provided
}
