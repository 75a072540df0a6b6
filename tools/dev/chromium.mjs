// Finds the browser for the end-to-end tests. Playwright's own download is one of the places, not the only one: many
// machines have a Chrome and cannot reach that download.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import * as nodePath from 'node:path'

/** Variables that name a browser, most specific first. */
export const VARIABLES = ['SPECPRUNE_CHROMIUM', 'CHROMIUM_PATH', 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH']

/** Older ones lack parts of WebGPU and of CSS that the page uses. */
const OLDEST_MAJOR = 120

const LINUX_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const LINUX_PLACES = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin']
const MAC_APPLICATIONS = ['Google Chrome', 'Chromium', 'Google Chrome for Testing', 'Microsoft Edge']
const WINDOWS_PROGRAMS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
]

/**
 * What the search asks of the machine, so that tests can stand in for it.
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {Record<string, string | undefined>} env
 * @property {string} home
 * @property {(path: string) => boolean} exists
 * @property {(folder: string) => string[]} list names in a folder; empty if it is not there
 * @property {(path: string) => string | undefined} version what the program prints for `--version`; undefined if it does
 *   not start
 */

/** @typedef {{ path: string, version: string }} Chromium */

/** @returns {Machine} */
export function thisMachine() {
  return {
    platform: process.platform,
    env: process.env,
    home: homedir(),
    exists: existsSync,
    list: (folder) => {
      try {
        return readdirSync(folder)
      } catch {
        return []
      }
    },
    version: (path) => {
      const result = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 60_000 })
      return result.status === 0 ? result.stdout.trim() : undefined
    },
  }
}

/**
 * Every path worth trying, best first, without asking whether they are there.
 * @param {Machine} machine
 * @returns {string[]}
 */
export function candidatePaths(machine) {
  return [...installedPaths(machine), ...playwrightPaths(machine)]
}

/**
 * @param {Machine} machine
 * @returns {string[]}
 */
function installedPaths({ platform, env, home }) {
  const path = platform === 'win32' ? nodePath.win32 : nodePath.posix
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
    return roots.flatMap((root) =>
      root === undefined ? [] : WINDOWS_PROGRAMS.map((parts) => path.join(root, ...parts)),
    )
  }
  const onPath = (env.PATH || '').split(':').filter((folder) => folder !== '')
  if (platform === 'darwin') {
    return ['/Applications', path.join(home, 'Applications')].flatMap((folder) =>
      MAC_APPLICATIONS.map((name) => path.join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    )
  }
  // A name at a time, so that the first name wins wherever it is.
  const folders = [...new Set([...onPath, ...LINUX_PLACES])]
  const found = LINUX_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return [...found, '/opt/google/chrome/chrome']
}

/**
 * Browsers that Playwright downloaded, newest first.
 * @param {Machine} machine
 * @returns {string[]}
 */
function playwrightPaths({ platform, env, home, list }) {
  const path = platform === 'win32' ? nodePath.win32 : nodePath.posix
  const cache =
    env.PLAYWRIGHT_BROWSERS_PATH ||
    (platform === 'win32'
      ? path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'ms-playwright')
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Caches', 'ms-playwright')
        : path.join(env.XDG_CACHE_HOME || path.join(home, '.cache'), 'ms-playwright'))
  return list(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((revision) =>
      list(path.join(cache, revision))
        .filter((name) => name.startsWith('chrome-'))
        .flatMap((build) => {
          const folder = path.join(cache, revision, build)
          if (platform === 'win32') return [path.join(folder, 'chrome.exe')]
          if (platform === 'linux') return [path.join(folder, 'chrome')]
          return MAC_APPLICATIONS.map((name) => path.join(folder, `${name}.app`, 'Contents', 'MacOS', name))
        }),
    )
}

/**
 * Looks for a browser that starts and is new enough.
 * @param {Machine} machine
 * @returns {{ chromium?: Chromium, rejected: string[] }} `rejected` says in words what was found and not taken
 * @throws if a variable names a browser that cannot be used: silently taking another would hide the mistake
 */
export function findChromium(machine = thisMachine()) {
  for (const variable of VARIABLES) {
    const path = machine.env[variable]
    if (!path) continue
    const result = check(machine, path)
    if ('reason' in result) throw new Error(`${variable} is set, but ${result.reason}.`)
    return { chromium: result, rejected: [] }
  }
  /** @type {string[]} */
  const rejected = []
  for (const path of candidatePaths(machine)) {
    if (!machine.exists(path)) continue
    const result = check(machine, path)
    if (!('reason' in result)) return { chromium: result, rejected }
    rejected.push(result.reason)
  }
  return { rejected }
}

/**
 * @param {Machine} machine
 * @param {string} path
 * @returns {Chromium | { reason: string }}
 */
function check(machine, path) {
  if (!machine.exists(path)) return { reason: `there is no file ${path}` }
  // On Windows `--version` opens a window instead of printing.
  if (machine.platform === 'win32') return { path, version: 'version not asked for on Windows' }
  const version = machine.version(path)
  if (version === undefined) return { reason: `${path} does not start` }
  const major = Number((/(\d+)\.\d+\.\d+/.exec(version) || [])[1])
  if (!(major >= OLDEST_MAJOR)) {
    return { reason: `${path} is ${version || 'of unknown version'}, and the tests need ${OLDEST_MAJOR} or newer` }
  }
  return { path, version }
}

/**
 * How this machine could install a browser without asking anyone.
 * @returns {'apt' | undefined}
 */
function unattendedInstaller() {
  if (process.platform !== 'linux' || typeof process.getuid !== 'function' || process.getuid() !== 0) return undefined
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) ? 'apt' : undefined
  } catch {
    return undefined
  }
}

/**
 * Finds a browser, or installs one where that needs nobody's consent: as root on Debian or Ubuntu.
 * @param {(command: string, args: string[], env?: Record<string, string>) => Promise<number>} run
 * @returns {Promise<Chromium>}
 * @throws an Error that says what to do
 */
export async function ensureChromium(run) {
  const first = findChromium()
  if (first.chromium !== undefined) return first.chromium
  let rejected = first.rejected
  if (unattendedInstaller() === 'apt') {
    console.log('No Chromium was found. Installing it (apt-get install chromium) ...')
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-q'], quiet)
    await run('apt-get', ['install', '-y', '-q', 'chromium'], quiet)
    const second = findChromium()
    if (second.chromium !== undefined) return second.chromium
    rejected = second.rejected
  }
  throw new Error(
    [
      'The end-to-end tests need a Chromium or Chrome, and none was found.',
      ...rejected.map((reason) => `  Not used: ${reason}.`),
      'Do one of these, then run the command again:',
      '  - install Google Chrome or Chromium (Debian: apt install chromium; macOS: brew install --cask google-chrome);',
      '  - npx playwright install --with-deps chromium;',
      `  - set ${VARIABLES[0]} to the path of one.`,
    ].join('\n'),
  )
}

/** Arguments for every launch: Chromium refuses to run as root with its sandbox. */
export function launchArguments() {
  return typeof process.getuid === 'function' && process.getuid() === 0 ? ['--no-sandbox'] : []
}
