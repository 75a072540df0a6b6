import { defineConfig } from '@playwright/test'
import { createServer } from 'node:http'
import { PATIENCE } from './e2e/support/patience.ts'
import { findChromium, launchArguments } from './tools/dev/chromium.mjs'
import { listenOnFreePort } from './tools/dev/server.mjs'

// Playwright loads this file again in its worker processes, which inherit these variables: one search, one port.
process.env.SPECPRUNE_CHROMIUM ??= chromiumPath()
process.env.SPECPRUNE_E2E_PORT ??= String(await freePort())

const baseURL = `http://127.0.0.1:${process.env.SPECPRUNE_E2E_PORT}/`

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  // Snapshots are texts, the same on every machine.
  snapshotPathTemplate: '{testDir}/__snapshots__/{arg}{ext}',
  // The tests measure and compute: side by side they would wait for each other's processor.
  workers: 1,
  retries: process.env.CI === undefined ? 0 : 1,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000 * PATIENCE,
  expect: { timeout: 15_000 * PATIENCE },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    baseURL,
    // Tests break the network and hold requests back; only what tests visits without a network allows them.
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 720 },
    // Snapshots for a trace are taken in the page's own thread, at every step: only for a second try, or with --trace.
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    // Charts and dialogs come at once: nothing waits for an animation.
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    {
      name: 'chromium',
      testIgnore: '**/*.webgpu.spec.ts',
      // Without a graphics processor, as on most machines that run tests.
      use: { launchOptions: launchOptions('--disable-gpu') },
    },
    {
      name: 'webgpu',
      testMatch: '**/*.webgpu.spec.ts',
      // Gives WebGPU on a software adapter where there is no other: right, and very slow.
      use: { launchOptions: launchOptions('--enable-unsafe-webgpu') },
    },
  ],
  webServer: {
    command: `node tools/dev/serve.mjs --port ${process.env.SPECPRUNE_E2E_PORT}`,
    url: baseURL,
    timeout: 60_000 * PATIENCE,
    reuseExistingServer: false,
  },
})

/** How to start the browser that was found. */
export function launchOptions(...args: string[]) {
  return { executablePath: process.env.SPECPRUNE_CHROMIUM, args: [...launchArguments(), ...args] }
}

function chromiumPath(): string {
  const { chromium } = findChromium()
  if (chromium === undefined) throw new Error('No Chromium was found: run npm test, which says how to get one.')
  return chromium.path
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnFreePort(server, { host: '127.0.0.1', firstPort: 4273, attempts: 100 })
  await new Promise((resolve) => server.close(resolve))
  return port
}
