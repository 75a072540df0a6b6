import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const DIST = join(ROOT, 'dist')

/** What a build depends on. A folder counts with everything in it, and with its own time, which a deletion changes. */
const BUILD_INPUTS = [
  'src',
  'public',
  'index.html',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'vite.config.ts',
]

/**
 * Runs a program in the project's folder with this terminal's input and output.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to this process's variables
 * @returns {Promise<number>} the exit code; 127 if the program could not be started
 */
export function run(command, args, env = {}) {
  return new Promise((resolve) => {
    // npm is a .cmd file on Windows, which only a shell can start.
    const shell = process.platform === 'win32' && !command.endsWith('.exe')
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', shell, env: { ...process.env, ...env } })
    child.on('error', (error) => {
      console.error(`Could not start ${command}: ${error.message}`)
      resolve(127)
    })
    // Ctrl+C reaches the whole group; waiting for the child lets it clean up before this process ends.
    const wait = () => {}
    process.on('SIGINT', wait)
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait)
      if (signal === 'SIGINT') process.exit(130)
      resolve(code === null ? 1 : code)
    })
  })
}

/**
 * Runs a script of an installed package with this Node, which needs no PATH and no shell.
 * @param {string} script path below node_modules
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function runPackage(script, args, env) {
  return run(process.execPath, [join(ROOT, 'node_modules', script), ...args], env)
}

/**
 * Whether node_modules holds what the lock file asks for. npm writes what it installed to node_modules/.package-lock.json
 * at the very end, so a broken-off installation is not taken for a whole one. Versions are compared, not times: a switch
 * of branches touches the lock file without changing it.
 * @param {string} [root]
 */
export function isInstalled(root = ROOT) {
  try {
    const wanted = readJson(join(root, 'package-lock.json')).packages
    const present = readJson(join(root, 'node_modules', '.package-lock.json')).packages
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === '') return true
      const installed = present[path]
      // Binaries for other platforms and optional peers are in the lock file only.
      if (installed === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true
      return installed.version === entry.version
    })
  } catch {
    return false
  }
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/**
 * Installs the dependencies that the lock file names, unless they are there.
 * @returns {Promise<boolean>} false if npm failed
 */
export async function ensureInstalled() {
  if (isInstalled()) return true
  console.log('Installing dependencies (npm ci) ...')
  // The npm that started this script, where there is one: it may not be on the PATH.
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund']
  const code =
    npm !== undefined && /\.c?js$/.test(npm) ? await run(process.execPath, [npm, ...args]) : await run('npm', args)
  if (code === 0) return true
  console.error(
    code === 127
      ? 'npm was not found. It comes with Node: install Node from its own installer or a version manager.'
      : 'npm ci failed (see above). It needs access to a package registry; behind a proxy set npm_config_proxy.',
  )
  return false
}

/**
 * Whether dist is there and newer than everything it is made from.
 * @param {string} [root]
 */
export function isBuilt(root = ROOT) {
  const page = join(root, 'dist', 'index.html')
  if (!existsSync(page)) return false
  const builtMs = statSync(page).mtimeMs
  return BUILD_INPUTS.every((input) => newestMs(join(root, input)) <= builtMs)
}

/**
 * @param {string} path a file or a folder
 * @returns {number} the time of the last change of it or of anything below it; 0 if it is not there
 */
function newestMs(path) {
  if (!existsSync(path)) return 0
  const status = statSync(path)
  if (!status.isDirectory()) return status.mtimeMs
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), status.mtimeMs)
}

/** Builds dist. Returns the exit code. */
export function build() {
  return runPackage('vite/bin/vite.js', ['build'])
}
