import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test('without WebGPU, and asked for an unknown backend, it runs on WebAssembly and says why', async ({
  playground,
  page,
}) => {
  await playground.open({ backend: 'quantum' })
  await expect(page.getByTestId('notice-backend')).toContainText('"quantum"')
  await playground.waitForModel()
  await expect(playground.backendBadge).toContainText('WebAssembly')
  await playground.backendBadge.click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Not WebGPU:' })).toHaveText(
    /The browser offers no GPU adapter|This browser has no WebGPU/,
  )
})

test('without cross-origin isolation it runs on one thread and says why', async ({ playground, page }) => {
  await page.route(/\/\?model=tiny/, async (route) => {
    const response = await route.fetch()
    const headers = Object.fromEntries(
      // The body is at hand unpacked.
      Object.entries(response.headers()).filter(([name]) => !/^cross-origin-|^content-(encoding|length)$/.test(name)),
    )
    await route.fulfill({ response, headers })
  })
  await playground.open()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await playground.waitForLiveRun()
  await expect(playground.backendBadge).toHaveText(/WebAssembly, one thread/)
  await playground.backendBadge.click()
  await expect(page.getByRole('listitem').filter({ hasText: 'threads:' })).toContainText('not cross-origin isolated')
})

test('a backend that was asked for and is not there is an error, and recorded runs still work', async ({
  playground,
}) => {
  await playground.open({ backend: 'webgpu', fragment: 'v=1&f=30' })
  await expect(playground.modelError).toContainText('The backend webgpu is not available', {
    timeout: MODEL_TIMEOUT_MS,
  })
  await expect(playground.backendBadge).toHaveText(/No live policy/)
  await expect(playground.camera('front')).toHaveAttribute('data-origin', /recorded|preview/)
  await playground.press('ArrowRight')
  await playground.expectFrame(31)
})
