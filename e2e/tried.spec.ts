import { expect, test } from './support/test.ts'

test('everything tried is a point of cost against agreement; choosing one brings its settings back', async ({
  playground,
  page,
}) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  const slider = playground.parameter('localTokens')
  const first = Number(await slider.getAttribute('aria-valuenow'))
  await slider.focus()
  await page.keyboard.press('Home')
  await playground.waitForLiveRun()
  await expect(slider).not.toHaveAttribute('aria-valuenow', String(first))

  await page.getByTestId('tab-tried').click()
  const points = page.getByTestId('pareto').getByRole('button', { name: /^\d+: / })
  await expect(points).toHaveCount(2)
  await expect(points.nth(1)).toHaveAccessibleName(/Budget \d+ %, .+ ms, [\d.]+ mm\. You are here$/)
  await points.nth(0).focus()
  await page.keyboard.press('Enter')
  await expect(slider).toHaveAttribute('aria-valuenow', String(first))
  await expect(points.nth(0)).toHaveAccessibleName(/You are here$/)
  // A choice can be taken back like a slider.
  await playground.press('ControlOrMeta+z')
  await expect(slider).not.toHaveAttribute('aria-valuenow', String(first))
  await playground.press('ControlOrMeta+Shift+z')
  await expect(slider).toHaveAttribute('aria-valuenow', String(first))
})

test('reads layer by layer what was removed and what that should and did gain', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  await page.getByTestId('tab-layers').click()
  const layers = page.getByTestId('layers')
  await expect(layers).toContainText(/Expected gain, if time followed them\s*[\d.]+×/)
  await expect(layers).toContainText(/Measured gain, median over the run\s*[\d.]+×\s*live, wasm/)
  const rows = layers.getByRole('row')
  const visual = async (row: number) => Number(await rows.nth(row).getByRole('cell').nth(2).innerText())
  const last = (await rows.count()) - 1
  // The first layer runs on all tokens of both cameras, the last on those that are painted as kept.
  expect(await visual(1)).toBe(512)
  expect(await visual(last)).toBe((await playground.keptTokens('front')) + (await playground.keptTokens('wrist')))
  expect(await visual(last)).toBeLessThan(512)
})
