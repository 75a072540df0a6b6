import { EXIT, oneLine, processIo, UsageError } from './io.ts'

/**
 * Runs a tool that is a file of its own. A complaint is one line on standard error; the exit status is that of `specprune`:
 * 2 for wrong use, 1 for a failure.
 * @param name of the tool, for complaints
 */
export async function runStandalone(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    processIo.error(`${name}: ${oneLine(error)}\n`)
    process.exitCode = isWrongUse(error) ? EXIT.wrongUse : EXIT.failed
  }
}

/** Whether the arguments are at fault: ours, or what `parseArgs` of Node complains about. */
function isWrongUse(error: unknown): boolean {
  if (error instanceof UsageError) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}
