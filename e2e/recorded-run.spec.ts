import { readCameraLog, recordCamera } from './pages/cameraLog.ts'
import { HeldRequests } from './support/heldRequests.ts'
import { expect, test } from './support/test.ts'

test('shows a recorded run before any weight is fetched, then the live one', async ({ playground, page }) => {
  await recordCamera(page)
  const models = await HeldRequests.of(page, /\/models\//)
  // A frame with history: at the first one a method keeps everything.
  await playground.open({ fragment: 'v=1&f=30' })

  const camera = playground.camera('front')
  await expect(camera).toHaveAttribute('data-origin', /recorded|preview/)
  await expect(camera).toHaveAttribute('data-stale', 'false')
  expect(await playground.keptTokens('front')).toBeGreaterThan(0)
  await expect(playground.chart('Latency per query')).toContainText('Recorded')
  await expect(playground.backendBadge).not.toContainText('WebAssembly')
  const first = (await readCameraLog(page)).find(({ origin }) => origin !== 'none')
  expect(first?.origin).toBe('recorded')

  await models.release()
  await playground.waitForLiveRun()
  await expect(playground.originBadge).toHaveAttribute('data-origin', 'live')
  await expect(playground.originBadge).toContainText('Live · WebAssembly')
  await expect(playground.chart('Latency per query')).toContainText('Live')
  await expect(playground.goldenBadge).toHaveText(/Golden check passed/)
})

test('answers a slider from recorded scores while the weights are still on their way', async ({ playground, page }) => {
  // The page's own policy: recorded scores of another would be of no use.
  const weights = await HeldRequests.of(page, /\/models\/.*\.(bin|onnx)/)
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await expect(playground.camera('front')).toHaveAttribute('data-origin', /recorded|preview/)
  const before = await playground.pictures()
  await playground.setSlider('localTokens', 0)
  await expect(playground.camera('front')).toHaveAttribute('data-origin', 'preview')
  await expect(playground.camera('front')).toHaveAttribute('data-stale', 'false')
  expect(await playground.pictures()).not.toBe(before)
  await expect(playground.originBadge).toContainText('Preview')
  await weights.release()
})
