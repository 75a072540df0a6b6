// Reads what the test runners report about themselves.

/** @typedef {{ passed: number, failed: number, skipped: number, flaky: number }} Counts */

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests?: number, numTodoTests?: number,
 *   numFailedTestSuites?: number, testResults?: { status: string, assertionResults: unknown[] }[] }} report Vitest's JSON
 * @returns {Counts}
 */
export function vitestCounts(report) {
  // A file that could not be loaded fails without holding a test: it counts as one.
  const broken = (report.testResults || []).filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: (report.numPendingTests || 0) + (report.numTodoTests || 0),
    flaky: 0,
  }
}

/**
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} report Playwright's JSON
 * @returns {Counts}
 */
export function playwrightCounts({ stats }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
    flaky: stats.flaky,
  }
}

/**
 * The last line of a test run.
 * @param {Counts[]} counts
 * @param {boolean} somethingFailed a step did, whether or not a test is to blame
 */
export function formatTotals(counts, somethingFailed) {
  const passed = counts.reduce((sum, { passed }) => sum + passed, 0)
  const failed = counts.reduce((sum, { failed }) => sum + failed, 0)
  return `${passed} passed, ${somethingFailed ? Math.max(failed, 1) : failed} failed`
}
