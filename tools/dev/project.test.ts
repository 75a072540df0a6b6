import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { initialModules } from './check-bundle.mjs'
import { isBuilt, isInstalled } from './project.mjs'
import { formatTotals, playwrightCounts, vitestCounts } from './reports.mjs'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'specprune-project-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

/** Writes a file with a time of change in seconds. */
async function put(path: string, seconds: number, text = ''): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
  await utimes(join(root, path), seconds, seconds)
}

describe('isInstalled', () => {
  const lock = (packages: Record<string, object>) => JSON.stringify({ packages: { '': {}, ...packages } })
  const vite = { 'node_modules/vite': { version: '8.0.0' } }

  it('is true when each package has its version, whatever the times', async () => {
    await put('node_modules/.package-lock.json', 100, lock(vite))
    await put('package-lock.json', 200, lock(vite))
    expect(isInstalled(root)).toBe(true)
  })

  it('does not miss binaries for other platforms', async () => {
    await put('node_modules/.package-lock.json', 200, lock(vite))
    await put('package-lock.json', 100, lock({ ...vite, 'node_modules/win': { version: '1.0.0', optional: true } }))
    expect(isInstalled(root)).toBe(true)
  })

  it('is false without node_modules, after an update, and with a package missing', async () => {
    await put('package-lock.json', 100, lock(vite))
    expect(isInstalled(root)).toBe(false)
    await put('node_modules/.package-lock.json', 200, lock({ 'node_modules/vite': { version: '7.0.0' } }))
    expect(isInstalled(root)).toBe(false)
    await put('node_modules/.package-lock.json', 200, lock({}))
    expect(isInstalled(root)).toBe(false)
  })
})

describe('isBuilt', () => {
  beforeEach(async () => {
    await put('src/app/shell.ts', 100)
    await put('public/models/tiny/weights.bin', 100)
    for (const folder of ['src/app', 'src', 'public/models/tiny', 'public/models', 'public']) {
      await utimes(join(root, folder), 100, 100)
    }
  })

  it('is false before the first build', () => {
    expect(isBuilt(root)).toBe(false)
  })

  it('is true until something that the build holds changes', async () => {
    await put('dist/index.html', 200)
    expect(isBuilt(root)).toBe(true)
    await put('docs/guide.md', 300)
    expect(isBuilt(root)).toBe(true)
    await put('public/models/tiny/weights.bin', 300)
    expect(isBuilt(root)).toBe(false)
  })

  it('notices a file that is gone', async () => {
    await put('dist/index.html', 200)
    await rm(join(root, 'src/app/shell.ts'))
    expect(isBuilt(root)).toBe(false)
  })
})

describe('initialModules', () => {
  it('follows static imports from the page and leaves out what is loaded later', () => {
    const imports: Record<string, string[]> = {
      'assets/main.js': ['./react.js', './shared.js'],
      'assets/react.js': ['./shared.js'],
      'assets/shared.js': ['./main.js', 'https://example.org/x.js'],
    }
    const html = `<link rel="stylesheet" href="./assets/main.css">
      <script type="module" crossorigin src="./assets/main.js"></script>
      <link rel="modulepreload" crossorigin href="./assets/react.js">`
    expect(initialModules(html, (path) => imports[path])).toEqual([
      'assets/main.js',
      'assets/react.js',
      'assets/shared.js',
    ])
  })
})

describe('totals', () => {
  it('adds up what the runners report', () => {
    const unit = vitestCounts({ numPassedTests: 40, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 })
    const e2e = playwrightCounts({ stats: { expected: 9, unexpected: 2, flaky: 1, skipped: 0 } })
    expect(formatTotals([unit, e2e], true)).toBe('50 passed, 2 failed')
  })

  it('counts a test file that cannot be loaded', () => {
    const broken = { status: 'failed', assertionResults: [] }
    expect(vitestCounts({ numPassedTests: 3, numFailedTests: 0, testResults: [broken] }).failed).toBe(1)
  })

  it('never says 0 failed when a step failed', () => {
    expect(formatTotals([], true)).toBe('0 passed, 1 failed')
  })
})
