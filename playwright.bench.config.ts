import { defineConfig } from '@playwright/test'
import base, { launchOptions } from './playwright.config.ts'

// `npm run bench:page`: measurements of the page, which no test run waits for and no test run fails by.
export default defineConfig({
  ...base,
  testDir: 'e2e/benchmarks',
  testMatch: '**/*.bench.ts',
  outputDir: 'test-results/bench',
  timeout: 900_000,
  retries: 0,
  reporter: 'list',
  // Snapshots for traces are taken by the page's own thread and would be measured with it.
  use: { ...base.use, trace: 'off' },
  projects: [{ name: 'chromium', use: { launchOptions: launchOptions() } }],
})
