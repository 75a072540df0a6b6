import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { HeldRequests } from './support/heldRequests.ts'
import { startBreakingServer } from './support/breakingServer.ts'
import { expect, test } from './support/test.ts'

const WEIGHTS = /\/models\/.*\/weights\.bin/

test('a corrupt weight file is refused by name, and recorded runs still work', async ({ playground, page }) => {
  await page.route(WEIGHTS, async (route) => {
    const response = await route.fetch()
    const body = Buffer.from(await response.body())
    body[body.length >> 1] ^= 0xff
    await route.fulfill({ response, body })
  })
  // The page's own policy, whose recorded scores answer sliders without it.
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await expect(playground.modelError).toContainText('weights.bin is damaged', { timeout: MODEL_TIMEOUT_MS })
  await expect(playground.backendBadge).toHaveText(/No live policy/)

  await expect(playground.camera('front')).toHaveAttribute('data-origin', /recorded|preview/)
  await playground.press('ArrowRight')
  await playground.expectFrame(31)
  const before = await playground.pictures()
  await playground.setSlider('localTokens', 0)
  await expect.poll(() => playground.pictures()).not.toBe(before)

  // The damaged bytes were not kept.
  await page.unroute(WEIGHTS)
  await page.getByTestId('load-model').click()
  await playground.waitForLiveRun()
})

test('a download that broke off goes on where it was after a reload, and a later visit fetches nothing', async ({
  playground,
  page,
  problems,
}) => {
  problems.expect(/ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/)
  const breakAfterBytes = 2_400_000
  const server = await startBreakingServer(breakAfterBytes)
  try {
    await playground.open({ origin: server.origin })
    await expect(playground.modelError).toContainText('weights.bin broke off', { timeout: MODEL_TIMEOUT_MS })
    const fetchedBefore = server.otherFiles.length

    await page.reload()
    await playground.waitForModel()
    await expect(playground.goldenBadge).toHaveText(/Golden check passed/)
    expect(server.requests).toHaveLength(2)
    const from = Number(/^bytes=(\d+)-$/.exec(server.requests[1].range ?? '')?.[1])
    // At most one stored piece is fetched twice.
    expect(from).toBeGreaterThan(breakAfterBytes - 600_000)
    expect(server.requests[1].sentBytes).toBe(server.totalBytes - from)
    expect(server.otherFiles.slice(fetchedBefore), 'files that were complete').toEqual([])

    await page.reload()
    await playground.waitForModel()
    expect(server.requests, 'requests for the weights').toHaveLength(2)
    expect(server.otherFiles.slice(fetchedBefore), 'files of the model').toEqual([])
  } finally {
    server.close()
  }
})

test('loading can be cancelled and taken up again', async ({ playground, page }) => {
  const weights = await HeldRequests.of(page, WEIGHTS)
  await playground.open()
  await expect(playground.modelCard).toHaveAttribute('data-status', 'loading', { timeout: MODEL_TIMEOUT_MS })
  await expect.poll(() => weights.urls.length, { timeout: MODEL_TIMEOUT_MS }).toBe(1)
  await page.getByTestId('cancel-load').click()
  await expect(playground.modelCard).toHaveAttribute('data-status', 'cancelled')
  await expect(playground.modelCard).toContainText('Recorded runs still work')
  await weights.release()
  await page.getByTestId('load-model').click()
  await playground.waitForLiveRun()
})

test('a page without its models says so and plays episodes', async ({ playground, page, problems }) => {
  problems.expect(/404/)
  await page.route(/\/models\//, (route) => route.fulfill({ status: 404, body: 'not here' }))
  await playground.open()
  await expect(playground.modelError).toContainText('models/index.json is missing', { timeout: MODEL_TIMEOUT_MS })
  await playground.press('ArrowRight')
  await playground.expectFrame(1)
})
