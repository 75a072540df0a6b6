import { recordCamera } from './pages/cameraLog.ts'
import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test('moves a slider: the kept tokens change at once, then the live run confirms', async ({ playground, page }) => {
  await recordCamera(page)
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  const before = await playground.pictures()
  await playground.expectPreviewThenLive('localTokens')
  await expect(page.getByTestId('reset-parameters')).toHaveText('Reset 1')

  await page.getByTestId('reset-parameters').click()
  await expect.poll(() => playground.pictures()).toBe(before)
})

test('keeps everything, and then agrees exactly with the unpruned policy', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  await page.getByTestId('method-select').selectOption('dense')
  await expect(page.getByTestId('budget')).toContainText('100')
  await playground.waitForLiveRun()
  expect(await playground.keptTokens('front')).toBe(256)
  expect(await playground.keptTokens('wrist')).toBe(256)
  await expect(playground.chart('Agreement with dense')).toContainText(/0(\.0+)? mm/)
})

test('cancels a run and starts it again', async ({ playground, page }) => {
  // One executed action per query: as many queries as there are frames.
  await playground.open({ fragment: 'v=1&n=1' })
  await playground.waitForModel()
  // As soon as it is there, without waiting until it stands still: the run is short.
  await page.getByTestId('cancel-run').click({ force: true })
  await expect(playground.runProgress).toHaveAttribute('data-status', 'aborted')
  await expect(playground.runProgress).toContainText('Run cancelled')
  // What was there stays usable.
  await playground.press('ArrowRight')
  await playground.expectFrame(1)
  await page.getByTestId('run-again').click()
  await playground.waitForLiveRun()
})

test('follows one set of tokens from the pipeline onto the cameras', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  const all = await playground.pictures()
  const stages = playground.pipeline.getByRole('button', { pressed: false })
  expect(await stages.count()).toBeGreaterThan(2)
  const global = playground.pipeline.getByTestId(/^stage-.*global$/).first()
  await global.click()
  await expect(global).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(() => playground.pictures()).not.toBe(all)
  await global.click()
  await expect.poll(() => playground.pictures()).toBe(all)

  // And asks of one token why.
  await playground.camera('front').click({ position: { x: 60, y: 60 } })
  await expect(page.getByTestId('inspector')).toContainText('pinned')
  await expect(page.getByTestId('token-fate')).toHaveText(/kept|dropped|left|survive/i)
})

test('measures dense against pruned here', async ({ playground, page }) => {
  await playground.open()
  await playground.waitForLiveRun()
  await page.getByTestId('tab-measure').click()
  await page.getByRole('combobox', { name: 'Rounds' }).selectOption('20')
  await page.getByTestId('start-benchmark').click()
  const panel = page.getByTestId('benchmark')
  await expect(panel).toHaveAttribute('data-status', 'done', { timeout: MODEL_TIMEOUT_MS })
  for (const engine of ['dense', 'keep-all', 'pruned']) {
    const row = page.getByTestId(`benchmark-${engine}`)
    await expect(row).toHaveAttribute('data-n', '20')
    expect(Number(await row.getAttribute('data-p50'))).toBeGreaterThan(0)
  }
  await expect(page.getByTestId('benchmark-pruned')).toContainText(/\d× \(95 % interval [\d.]+ to [\d.]+\)/)
  await expect(page.getByTestId('benchmark-samples').locator('svg')).toBeVisible()
  await expect(panel).toContainText('Live · WebAssembly')
})
