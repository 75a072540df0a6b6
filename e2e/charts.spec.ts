import { expect, test } from './support/test.ts'

const TITLES = ['Latency per query', 'Agreement with dense', 'Tokens per layer', 'Action-aware controller']

test('shows a run in four charts, each with its origin, and reads one as a table', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  for (const title of TITLES) {
    const chart = playground.chart(title)
    await expect(chart).toContainText('Live')
    await expect(chart).toContainText('WebAssembly')
    await expect(chart.locator('svg').first()).toBeVisible()
  }
  const latency = playground.chart('Latency per query')
  await expect(latency).toContainText(/Pruned, p50\s*[\d.]+ ms/)
  await expect(latency).toContainText(/Dense, p50\s*[\d.]+ ms/)
  await expect(playground.chart('Agreement with dense')).toContainText('not task success')
  await expect(page.getByTestId('noise-floor')).toHaveText(/Noise floor: (exactly 0|up to .+ mm and .+°) \(.+ n \d+\)/)

  await latency.getByText('Table', { exact: true }).click()
  const rows = latency.getByRole('row')
  // A heading, and a row for each query.
  const queries = Number(/\d+/.exec(await playground.runProgress.innerText())?.[0])
  await expect(rows).toHaveCount(queries + 1)
  const button = rows.nth(2).getByRole('button')
  const frame = Number(await button.innerText())
  await button.click()
  await playground.expectFrame(frame)
})
