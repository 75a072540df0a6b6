import type { Page } from '@playwright/test'
import { PATIENCE } from './support/patience.ts'
import { Playground } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

/** In words what WebGPU runs on here. */
async function adapterOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const adapter = await (navigator as { gpu?: GPU }).gpu?.requestAdapter()
    return adapter ? `${adapter.info.vendor} ${adapter.info.architecture}`.trim() : 'none'
  })
}

/** What the cameras show at the first frame of every query of a finished live run. */
async function picturesOfRun(playground: Playground): Promise<{ frame: number; kept: number[]; pictures: string }[]> {
  await playground.scrubber.focus()
  await playground.page.keyboard.press('Home')
  const rows = []
  for (let frame = -1, next = await playground.settledFrame(); frame !== next; next = await playground.settledFrame()) {
    frame = next
    await expect(playground.camera('front')).toHaveAttribute('data-origin', 'live')
    const kept = [await playground.keptTokens('front'), await playground.keptTokens('wrist')]
    rows.push({ frame, kept, pictures: await playground.pictures() })
    await playground.press('.')
  }
  return rows
}

test('WebGPU keeps the same tokens as WebAssembly', async ({ playground, page, context }, testInfo) => {
  // A graphics processor that the processor imitates takes its time.
  testInfo.setTimeout(600_000 * PATIENCE)
  await playground.open({ backend: 'webgpu' })
  const adapter = await adapterOf(page)
  testInfo.annotations.push({ type: 'adapter', description: adapter })
  expect(adapter, 'this lane is for WebGPU: start Chromium with an adapter').not.toBe('none')

  await expect(playground.modelCard).toHaveAttribute('data-status', 'ready', { timeout: 250_000 * PATIENCE })
  await expect(playground.backendBadge).toContainText('WebGPU')
  await expect(playground.goldenBadge).toHaveText(/Golden check passed/)
  await playground.backendBadge.click()
  const capture = page.getByTestId('capture')
  await expect(capture, await capture.innerText()).toHaveAttribute('data-status', 'on')
  await page.keyboard.press('Escape')
  await expect(playground.runProgress).toHaveAttribute('data-status', 'done', { timeout: 250_000 * PATIENCE })
  await expect(playground.originBadge).toContainText('Live · WebGPU')
  await expect(page.getByTestId('backend-note'), 'nothing fell back on the way').toBeHidden()
  const onWebGpu = await picturesOfRun(playground)

  const other = new Playground(await context.newPage())
  await other.open({ backend: 'wasm' })
  await other.waitForLiveRun()
  await expect(other.originBadge).toContainText('Live · WebAssembly')
  expect(onWebGpu.length).toBeGreaterThan(3)
  expect(onWebGpu).toEqual(await picturesOfRun(other))
})

test('an imitated graphics processor is not chosen unasked, and says why', async ({ playground, page }) => {
  await playground.open()
  await playground.waitForModel()
  const software = await page.evaluate(async () => {
    const adapter = await (navigator as { gpu?: GPU }).gpu?.requestAdapter()
    return adapter?.info.isFallbackAdapter === true || adapter?.info.architecture === 'swiftshader'
  })
  await playground.backendBadge.click()
  if (software) {
    await expect(page.getByRole('listitem').filter({ hasText: 'Not WebGPU:' })).toContainText('software renderer')
  } else {
    await expect(playground.backendBadge).toContainText('WebGPU')
  }
})
