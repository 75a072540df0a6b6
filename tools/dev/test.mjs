// `npm test`: everything that a change must pass, in the order of what is quickest to fail.
import './node-version.mjs'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { ROOT, ensureInstalled, run, runPackage } from './project.mjs'
import { formatTotals, playwrightCounts, vitestCounts } from './reports.mjs'

/** @typedef {import('./reports.mjs').Counts} Counts */

const REPORTS = join(ROOT, 'test-results')
const UNIT_REPORT = join(REPORTS, 'unit.json')
const E2E_REPORT = join(REPORTS, 'e2e.json')

/** Set by the search, read by playwright.config.ts. */
let chromiumPath = ''

/** @type {{ name: string, run: () => Promise<number>, counts?: () => Counts }[]} */
const STEPS = [
  { name: 'install', run: async () => ((await ensureInstalled()) ? 0 : 1) },
  { name: 'chromium', run: findBrowser },
  { name: 'format', run: () => runPackage('prettier/bin/prettier.cjs', ['--check', '.']) },
  { name: 'lint', run: () => runPackage('eslint/bin/eslint.js', ['.', '--max-warnings', '0']) },
  { name: 'typecheck', run: () => runPackage('typescript/bin/tsc', ['--noEmit']) },
  {
    name: 'unit',
    run: () =>
      runPackage('vitest/vitest.mjs', [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${UNIT_REPORT}`,
      ]),
    counts: () => vitestCounts(readJson(UNIT_REPORT)),
  },
  { name: 'build', run: () => runPackage('vite/bin/vite.js', ['build']) },
  { name: 'bundle', run: () => run(process.execPath, [join('tools', 'dev', 'check-bundle.mjs')]) },
  {
    name: 'e2e',
    run: () => runPackage('@playwright/test/cli.js', ['test'], { SPECPRUNE_CHROMIUM: chromiumPath }),
    counts: () => playwrightCounts(readJson(E2E_REPORT)),
  },
]

async function findBrowser() {
  const { path, version } = await ensureChromium(run)
  chromiumPath = path
  console.log(`${version} (${path})`)
  return 0
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

async function main() {
  // A report of an earlier run must not be counted.
  rmSync(REPORTS, { recursive: true, force: true })
  mkdirSync(REPORTS, { recursive: true })

  /** @type {{ name: string, seconds: number, code: number, counts?: Counts }[]} */
  const done = []
  for (const step of STEPS) {
    console.log(`\n=== ${step.name}`)
    const start = performance.now()
    const code = await step.run().catch((error) => {
      console.error(error instanceof Error ? error.message : error)
      return 1
    })
    const counts = step.counts === undefined ? undefined : readCounts(step.counts)
    const seconds = (performance.now() - start) / 1000
    // Tests that ran nothing prove nothing, whatever the exit code says.
    const empty = step.counts !== undefined && (counts === undefined || counts.passed === 0)
    done.push({ name: step.name, seconds, code: code === 0 && empty ? 1 : code, counts })
    if (done[done.length - 1].code !== 0) break
  }

  console.log('\n=== summary')
  for (const { name, seconds, code, counts } of done) {
    const detail = counts === undefined ? '' : `  ${describe(counts)}`
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)}${seconds.toFixed(1).padStart(7)} s${detail}`)
  }
  for (const step of STEPS.slice(done.length)) console.log(`not run ${step.name}`)
  const failed = done.some(({ code }) => code !== 0)
  console.log(
    formatTotals(
      done.flatMap(({ counts }) => (counts === undefined ? [] : [counts])),
      failed,
    ),
  )
  process.exit(failed ? 1 : 0)
}

/**
 * @param {() => Counts} read
 * @returns {Counts | undefined} undefined if there is no report, as when the runner itself failed
 */
function readCounts(read) {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** @param {Counts} counts */
function describe({ passed, failed, skipped, flaky }) {
  const extra = [skipped > 0 ? `${skipped} skipped` : '', flaky > 0 ? `${flaky} passed at the second try` : '']
  return [`${passed} passed`, `${failed} failed`, ...extra.filter((text) => text !== '')].join(', ')
}

main()
