import { runCommandLine } from '../cli/program.ts'

/** What a call of the command line did. */
export interface ToolRun {
  status: number
  output: string
  error: string
}

/** Runs the command line within the test's process. */
export async function runTool(...parameters: string[]): Promise<ToolRun> {
  const run: ToolRun = { status: 0, output: '', error: '' }
  run.status = await runCommandLine(parameters, {
    output: (text) => (run.output += text),
    error: (text) => (run.error += text),
  })
  return run
}
