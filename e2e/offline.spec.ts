import { DIST } from '../tools/dev/project.mjs'
import { createStaticServer, listenOnFreePort } from '../tools/dev/server.mjs'
import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test.use({ serviceWorkers: 'allow' })

test('opens, plays and runs without network on the second visit', async ({ playground, page, problems }) => {
  // Requests that fail are what this test is about.
  problems.expect(/ERR_CONNECTION_REFUSED|ERR_FAILED|Failed to fetch|no-response/)
  const server = createStaticServer(DIST)
  const port = await listenOnFreePort(server, { host: '127.0.0.1', firstPort: 4673, attempts: 100 })
  try {
    await playground.open({ origin: `http://127.0.0.1:${port}` })
    await playground.waitForLiveRun()
    await expect(page.getByTestId('offline')).toHaveAttribute('data-status', 'ready', { timeout: MODEL_TIMEOUT_MS })
  } finally {
    server.close()
    server.closeAllConnections()
  }

  await page.reload()
  await playground.waitForEpisode()
  await playground.press('ArrowRight')
  await playground.expectFrame(1)
  await playground.waitForLiveRun()
  await expect(playground.goldenBadge).toHaveText(/Golden check passed/)
  expect(await page.evaluate(() => crossOriginIsolated), 'cross-origin isolation without the server').toBe(true)
})
