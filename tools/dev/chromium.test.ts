import { describe, expect, it } from 'vitest'
import { candidatePaths, findChromium, type Machine } from './chromium.mjs'

/** A machine that has these programs and nothing else. */
function machineWith(programs: Record<string, string | undefined>, overrides: Partial<Machine> = {}): Machine {
  const paths = Object.keys(programs)
  return {
    platform: 'linux',
    env: { PATH: '/home/me/bin:/usr/bin' },
    home: '/home/me',
    exists: (path) => paths.includes(path),
    list: (folder) => [
      ...new Set(
        paths.flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split('/')[0]] : [])),
      ),
    ],
    version: (path) => programs[path],
    ...overrides,
  }
}

describe('findChromium', () => {
  it('takes the browser that a variable names before any other', () => {
    const machine = machineWith(
      { '/opt/mine': 'Chromium 140.0.1.2', '/usr/bin/chromium': 'Chromium 150.0.1.2' },
      { env: { SPECPRUNE_CHROMIUM: '/opt/mine', PATH: '/usr/bin' } },
    )
    expect(findChromium(machine).chromium?.path).toBe('/opt/mine')
  })

  it('says so if the browser that a variable names is not there', () => {
    const machine = machineWith({ '/usr/bin/chromium': 'Chromium 150.0.1.2' }, { env: { CHROMIUM_PATH: '/opt/mine' } })
    expect(() => findChromium(machine)).toThrow('CHROMIUM_PATH is set, but there is no file /opt/mine')
  })

  it('finds one on the PATH, and one in the usual places that the PATH leaves out', () => {
    expect(findChromium(machineWith({ '/home/me/bin/google-chrome': 'Google Chrome 150.0.1.2' })).chromium?.path).toBe(
      '/home/me/bin/google-chrome',
    )
    const machine = machineWith({ '/opt/google/chrome/chrome': 'Google Chrome 150.0.1.2' }, { env: {} })
    expect(findChromium(machine).chromium?.path).toBe('/opt/google/chrome/chrome')
  })

  it('passes over a browser that does not start or is too old, and says why', () => {
    const found = findChromium(
      machineWith({
        '/usr/bin/chromium': undefined,
        '/usr/bin/chromium-browser': 'Chromium 90.0.4430.212',
        '/usr/bin/google-chrome': 'Google Chrome 150.0.1.2',
      }),
    )
    expect(found.chromium?.path).toBe('/usr/bin/google-chrome')
    expect(found.rejected).toEqual([
      '/usr/bin/chromium does not start',
      '/usr/bin/chromium-browser is Chromium 90.0.4430.212, and the tests need 120 or newer',
    ])
  })

  it('takes the newest that Playwright downloaded', () => {
    const cache = '/home/me/.cache/ms-playwright'
    const machine = machineWith({
      [`${cache}/chromium-999/chrome-linux/chrome`]: 'Chromium 130.0.1.2',
      [`${cache}/chromium-1200/chrome-linux64/chrome`]: 'Chromium 150.0.1.2',
      [`${cache}/chromium_headless_shell-1200/chrome-linux/headless_shell`]: 'Chromium 150.0.1.2',
    })
    expect(findChromium(machine).chromium?.path).toBe(`${cache}/chromium-1200/chrome-linux64/chrome`)
  })

  it('finds nothing on a bare machine', () => {
    expect(findChromium(machineWith({}))).toEqual({ rejected: [] })
  })
})

describe('candidatePaths', () => {
  it('looks among the applications of macOS', () => {
    const paths = candidatePaths(machineWith({}, { platform: 'darwin', home: '/Users/me' }))
    expect(paths).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome')
    expect(paths).toContain('/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium')
  })

  it('looks among the programs of Windows', () => {
    const env = { PROGRAMFILES: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' }
    const paths = candidatePaths(machineWith({}, { platform: 'win32', env }))
    expect(paths).toContain('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe')
    expect(paths).toContain('C:\\Users\\me\\AppData\\Local\\Chromium\\Application\\chrome.exe')
  })
})
