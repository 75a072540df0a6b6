import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Version and commit of the code that runs. */
export interface AppVersion {
  version: string
  /** Absent outside a git checkout; ends in `-modified` when files differ from the commit. */
  commit?: string
}

/** Reads the version from `package.json` and the commit from git. */
export function appVersion(): AppVersion {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')))
  const commit = git('rev-parse', 'HEAD')
  if (commit === undefined) return { version }
  // Only what decides results: documents and the screen may change freely.
  const changes = git('status', '--porcelain', '--', 'src/core', 'src/runtime', 'src/simulation', 'src/data', 'tools')
  return { version, commit: changes ? `${commit}-modified` : commit }
}

function git(...parameters: string[]): string | undefined {
  try {
    return execFileSync('git', parameters, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** A command line as a person would type it, to be run again. */
export function commandText(command: string, parameters: readonly string[]): string {
  const quoted = parameters.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`))
  return ['npm run -s specprune --', command, ...quoted].join(' ')
}
