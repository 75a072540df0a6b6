import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

/** What axe calls serious or critical, in words short enough for a failure's message. */
async function blockingProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} — ${node.failureSummary ?? ''}`))
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in ${colorScheme}`, async ({ playground, page }) => {
    // Eight analyses of the whole page.
    test.slow()
    const problems = () => blockingProblems(page)
    await page.emulateMedia({ colorScheme })
    await playground.open({ fragment: 'v=1&f=30' })
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme)
    await playground.waitForLiveRun()
    expect(await problems(), 'the page').toEqual([])

    await playground.press('3')
    await playground.camera('front').click({ position: { x: 60, y: 60 } })
    expect(await problems(), 'scores, with a pinned token').toEqual([])

    await playground.chart('Latency per query').getByText('Table', { exact: true }).click()
    expect(await problems(), 'a table').toEqual([])

    await page.getByRole('button', { name: 'Share' }).click()
    expect(await problems(), 'the share panel').toEqual([])
    await page.keyboard.press('Escape')

    await playground.backendBadge.click()
    expect(await problems(), 'the backend').toEqual([])
    await page.keyboard.press('Escape')

    await playground.press('?')
    expect(await problems(), 'the list of keys').toEqual([])
    await page.keyboard.press('Escape')

    await playground.press('ControlOrMeta+k')
    await expect(page.getByRole('option').first()).toBeVisible()
    expect(await problems(), 'the palette').toEqual([])
    await page.keyboard.press('Escape')

    await page.getByTestId('tab-measure').click()
    expect(await problems(), 'the measurement').toEqual([])
  })
}

test('axe finds nothing serious when something went wrong', async ({ playground, page, problems }) => {
  problems.expect(/404/)
  await page.route(/weights\.bin/, (route) => route.fulfill({ status: 404 }))
  await playground.open({ fragment: 'v=1&e=abc' })
  await expect(playground.modelError).toBeVisible({ timeout: MODEL_TIMEOUT_MS })
  await expect(page.getByTestId('notice-link')).toBeVisible()
  expect(await blockingProblems(page)).toEqual([])
})

test('a token can be found, asked about and pinned by keyboard', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.camera('front').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByTestId('token-spoken')).toContainText(/row/i)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('inspector')).toContainText('pinned')
  // The arrows moved between tokens, not between frames.
  await playground.expectFrame(30)
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('inspector')).not.toContainText('pinned')
})

test('the choice of colours is remembered', async ({ playground, page }) => {
  await playground.open()
  const toggle = page.getByTestId('theme-toggle')
  await expect(toggle).toHaveAccessibleName(/as the system/)
  await toggle.click()
  await toggle.click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})
