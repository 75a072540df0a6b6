/** Things that a person can ask for and that take the inference worker. The app provides them; features call them. */
export interface Commands {
  startLoad(): void
  cancelLoad(): void
  /** Runs the panel's settings over the episode again. */
  runLive(): void
  cancelRun(): void
  startBenchmark(rounds: number): void
  cancelBenchmark(): void
  /** The share link to what is on the screen, as the part after `#`. */
  readFragment(): string
}

const nothing = () => undefined

let provided: Commands = {
  startLoad: nothing,
  cancelLoad: nothing,
  runLive: nothing,
  cancelRun: nothing,
  startBenchmark: nothing,
  cancelBenchmark: nothing,
  readFragment: () => '',
}

/** Called once, by the app. */
export function provideCommands(commands: Commands): void {
  provided = commands
}

/** The commands of the running page. */
export function commands(): Commands {
  return provided
}
