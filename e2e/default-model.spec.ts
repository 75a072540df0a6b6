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
