import { recordCamera } from './pages/cameraLog.ts'
import { expect, test } from './support/test.ts'

test("the page's own policy loads, agrees with PyTorch and runs live", async ({ playground }) => {
  test.slow()
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  await expect(playground.goldenBadge).toHaveText(/Golden check passed/)
  await expect(playground.originBadge).toContainText('Live')
  // It prunes: at this frame it keeps some tokens of each camera and drops others.
  for (const view of ['front', 'wrist'] as const) {
    expect(await playground.keptTokens(view)).toBeGreaterThan(0)
    expect(await playground.keptTokens(view)).toBeLessThan(256)
  }
})

test("on the page's own policy a slider answers at once, the live run says how far that moved the action, and the worst moment opens", async ({
  playground,
  page,
}) => {
  test.slow()
  await recordCamera(page)
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  await playground.expectPreviewThenLive('localTokens')

  const agreement = playground.chart('Agreement with dense')
  await expect(agreement).toContainText(/Translation, p50\s*[\d.]+ mm/)
  const worst = agreement.getByRole('button', { name: /worst/ })
  const frame = Number(/frame (\d+)/i.exec(await worst.innerText())?.[1])
  await worst.click()
  await playground.expectFrame(frame)
})
