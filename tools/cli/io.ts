/** Where a command writes. Progress and complaints go to `error`, results to `output`. */
export interface CommandIo {
  output(text: string): void
  error(text: string): void
}

/** The process's own streams. */
export const processIo: CommandIo = {
  output: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
}

/** A command that was called wrongly; its message is one line that says what to do. Exit status 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UsageError'
  }
}

/** Exit statuses. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2 } as const

/** Runs a check whose failure means wrong use: its message becomes a {@link UsageError}. */
export function asUsage<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw new UsageError(oneLine(error), { cause: error })
  }
}

/** The message of an error in one line. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\s*\n\s*/g, ' ').trim()
}
