import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { blockingProblems } from './support/axe.ts'
import { expect, test } from './support/test.ts'

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

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in ${colorScheme} while somebody asks what if, compares and measures`, async ({
    playground,
    page,
  }) => {
    // Seven analyses of the whole page.
    test.slow()
    const problems = () => blockingProblems(page)
    await page.emulateMedia({ colorScheme })
    await playground.open({ fragment: 'v=1&f=30' })
    await playground.waitForLiveRun()

    await page.getByTestId('brush-toggle').click()
    await page.getByTestId('brush-grey').click()
    await playground.camera('front').click({ position: { x: 100, y: 80 } })
    await page.getByTestId('asked-instruction').fill('sing a song')
    await page.getByTestId('asked-instruction').press('Enter')
    await expect(page.getByTestId('instruction-problem')).toBeVisible()
    await expect(page.getByTestId('brush-clear')).toBeVisible()
    expect(await problems(), 'the brush and the instruction').toEqual([])
    await page.getByTestId('brush-clear').click()

    await page.getByTestId('tab-compare').click()
    await page.getByTestId('pin-setting').click()
    await playground.setSlider('localTokens', 0)
    await playground.waitForLiveRun()
    await expect(page.getByTestId('compare-summary')).toBeVisible()
    await page.getByTestId('compare').getByText('Table', { exact: true }).click()
    expect(await problems(), 'a comparison').toEqual([])

    await page.getByRole('button', { name: 'Share' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await problems(), 'the share panel with a comparison').toEqual([])
    await page.keyboard.press('Escape')

    await page.getByTestId('tab-results').click()
    await expect(page.getByTestId('results-table')).toBeVisible()
    expect(await problems(), 'results').toEqual([])

    await page.getByTestId('tab-rollouts').click()
    await expect(page.getByTestId('rollouts-start')).toBeEnabled()
    expect(await problems(), 'rollouts').toEqual([])

    await page.getByTestId('tab-export').click()
    await expect(page.getByTestId('export')).toBeVisible()
    expect(await problems(), 'exports').toEqual([])

    await page.getByTestId('own-selector-file').setInputFiles({
      name: 'broken.js',
      mimeType: 'text/javascript',
      buffer: Buffer.from('const keep = ;'),
    })
    await expect(page.getByTestId('notice-own-selector')).toBeVisible()
    await page.getByTestId('own-selector-file').setInputFiles({
      name: 'four.js',
      mimeType: 'text/javascript',
      buffer: Buffer.from('function select({ views }) { return views.map(({ start }) => start) }'),
    })
    await expect(page.getByTestId('method-select')).toHaveValue(/^own:four-/)
    await playground.waitForLiveRun()
    expect(await problems(), 'a selector of one’s own').toEqual([])
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
