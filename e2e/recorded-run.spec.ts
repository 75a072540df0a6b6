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

/**
 * What a visitor's browser may fetch, in bytes on the line, before the first overlay: 0.62 s at 10 Mbit/s. Browsers do not
 * tell the size of a worker's script, here 55 kB.
 */
const FIRST_OVERLAY_BYTES = 780_000

test('the first overlay waits for nothing that it does not need', async ({ page }) => {
  // What comes after it is kept waiting: the scores, and the code of the figures below.
  const later = await HeldRequests.of(page, /\/runs\/.*-dense\.json|\/assets\/ChartsPanel/)
  const fetched: Promise<{ path: string; bytes: number }>[] = []
  page.on('requestfinished', (request) => {
    const read = async () => {
      const { responseBodySize } = await request.sizes()
      return { path: new URL(request.url()).pathname, bytes: responseBodySize }
    }
    fetched.push(read())
  })
  await recordCamera(page)
  await page.goto('./')
  await expect
    .poll(async () => (await readCameraLog(page)).find(({ origin }) => origin !== 'none')?.origin)
    .toBe('recorded')

  const files = await Promise.all(fetched)
  const paths = files.map(({ path }) => path)
  expect(paths).toContainEqual(expect.stringMatching(/\/episodes\/object\/data\/.*\.parquet$/))
  expect(paths.filter((path) => path.includes('/models/') || path.endsWith('.wasm'))).toEqual([])
  expect(new Set(paths).size, 'nothing is fetched twice').toBe(paths.length)
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(total, files.map(({ path, bytes }) => `${bytes} ${path}`).join('\n')).toBeLessThan(FIRST_OVERLAY_BYTES)
  await expect.poll(() => later.urls.filter((url) => url.includes('-dense.json')).length).toBe(1)
  await later.release()
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
