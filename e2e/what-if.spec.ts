import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

/** Keeps the first four tokens of each view. */
const SELECTOR =
  'function select({ views }) { return views.flatMap(({ start }) => [0, 1, 2, 3].map((i) => start + i)) }'

test('a region is greyed out, an unknown word is refused, and the change of the action is told', async ({
  playground,
  page,
}) => {
  await playground.open({ fragment: 'v=1&p=stride&f=8' })
  await playground.waitForLiveRun()
  await page.getByTestId('brush-toggle').click()
  await page.getByTestId('brush-grey').click()
  const before = await playground.picture('front')
  await playground.camera('front').click({ position: { x: 100, y: 80 } })
  await expect(page.getByTestId('brush-delta')).toContainText(/action \d/, { timeout: 60_000 })
  expect(await playground.picture('front')).not.toBe(before)
  await expect(page).toHaveURL(/[#&]b=N\w+G(&|$)/)

  const instruction = page.getByTestId('asked-instruction')
  await instruction.fill('sing a song')
  await instruction.press('Enter')
  await expect(page.getByTestId('instruction-problem')).toContainText(/does not know “sing”.*It knows: /)
})

test('a selector of my own decides which tokens stay, and its mistakes are told', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=8' })
  await playground.waitForLiveRun()
  const choose = (name: string, text: string) =>
    page
      .getByTestId('own-selector-file')
      .setInputFiles({ name, mimeType: 'text/javascript', buffer: Buffer.from(text) })
  await choose('four.js', SELECTOR)
  await expect(page.getByTestId('method-select')).toHaveValue(/^own:four-/)
  await playground.waitForLiveRun()
  await expect.poll(() => playground.keptTokens('front')).toBe(4)

  await page.getByTestId('tab-rollouts').click()
  await page.getByTestId('rollouts-seeds').fill('1')
  await page.getByTestId('rollouts-horizon').fill('8')
  await page.getByTestId('rollouts-start').click()
  await expect(page.getByTestId('rollouts')).toHaveAttribute('data-phase', 'done', { timeout: MODEL_TIMEOUT_MS })
  await expect(page.getByTestId('rollouts-setting-m2')).toContainText(/four\.js.*of 1/)
  // The last query kept four tokens of each camera.
  await expect(page.getByTestId('live-front')).toHaveAttribute('data-kept', '4')

  await choose('endless.js', 'function select() { for (;;); }')
  await expect(playground.runProgress).toHaveAttribute('data-status', 'failed', { timeout: 60_000 })
  await expect(page.getByText(/endless.js computed for more than 1000 ms and was stopped/).first()).toBeVisible()

  await choose('broken.js', 'const keep = ;')
  await expect(page.getByTestId('notice-own-selector')).toContainText('broken.js failed')
})
