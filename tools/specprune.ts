import { processIo } from './cli/io.ts'
import { runCommandLine } from './cli/program.ts'

// Standard output is for results alone; libraries that print must not spoil them.
console.log = console.error
console.info = console.error

process.exitCode = await runCommandLine(process.argv.slice(2), processIo)
