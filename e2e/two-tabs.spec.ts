import { Playground } from './pages/playground.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

const CELL_TIMEOUT_MS = 60_000 * PATIENCE

test('two tabs download the model at the same time, run live beside each other, and keep it', async ({
  playground,
  context,
}) => {
  test.slow()
  const beside = new Playground(await context.newPage())
  const weights: string[] = []
  context.on('request', (request) => {
    if (request.url().includes('weights.bin')) weights.push(request.url())
  })
  await Promise.all([playground.open({ fragment: 'v=1&f=8' }), beside.open({ fragment: 'v=1&f=8' })])
  await Promise.all([playground.waitForLiveRun(), beside.waitForLiveRun()])
  expect(weights.length).toBeGreaterThan(0)
  for (const tab of [playground, beside]) await expect(tab.goldenBadge).toHaveText(/Golden check passed/)
  // The same question gets the same answer in both, and each goes on for itself.
  await expect.poll(() => beside.pictures()).toBe(await playground.pictures())
  await Promise.all([playground.setSlider('localTokens', 6), beside.setSlider('localTokens', 9)])
  await Promise.all([playground.waitForLiveRun(), beside.waitForLiveRun()])
  await expect(playground.parameter('localTokens')).toHaveAttribute('aria-valuenow', '6')
  await expect(beside.parameter('localTokens')).toHaveAttribute('aria-valuenow', '9')

  // What one of them kept is whole: a third visit needs no weights from the network.
  weights.length = 0
  await beside.page.reload()
  await beside.waitForEpisode()
  await beside.waitForLiveRun()
  await expect(beside.goldenBadge).toHaveText(/Golden check passed/)
  expect(weights).toEqual([])
})

test('while one tab sweeps, another says what it does, does not disturb it, and shows what came of it', async ({
  playground,
  page,
  context,
}) => {
  test.slow()
  // A query at every frame: cells long enough to look at them from the other tab.
  const fragment = 'v=1&f=0&p=random&n=1'
  const beside = new Playground(await context.newPage())
  await beside.open({ fragment })
  await beside.waitForLiveRun()
  await playground.open({ fragment: `${fragment}&tab=sweep` })
  await playground.waitForLiveRun()
  await playground.fillSweepGrid('0.1..0.9 by 0.1', '1, 2, 3')
  await page.getByTestId('sweep-start').click()
  const panel = page.getByTestId('sweep')
  await expect(panel).toHaveAttribute('data-phase', 'running')

  await beside.page.getByTestId('tab-sweep').click()
  const theirs = beside.page.getByTestId('sweep')
  const elsewhere = beside.page.getByTestId('sweep-elsewhere')
  await expect(elsewhere).toHaveText(/^In another tab of this browser: Running, \d+ of 27 cells/)
  // It offers nothing to go on with: that is the other's.
  await expect(theirs).toHaveAttribute('data-phase', 'idle')
  await beside.page.getByTestId('sweep-start').click()
  await expect(beside.page.getByTestId('sweep-note')).toContainText('A sweep is running in another tab')
  await expect(theirs).toHaveAttribute('data-phase', 'idle')

  // The sweep comes to its end as if nothing had been, with every cell once.
  await expect(panel).toHaveAttribute('data-phase', 'done', { timeout: 5 * CELL_TIMEOUT_MS })
  const rows = page.getByTestId('sweep-cells').locator('tbody tr')
  await expect(rows).toHaveCount(27)
  await expect(elsewhere).toBeHidden()
  await expect(theirs).toHaveAttribute('data-phase', 'done')
  const cells = await rows.allInnerTexts()
  await expect.poll(() => beside.page.getByTestId('sweep-cells').locator('tbody tr').allInnerTexts()).toEqual(cells)

  // Now it is the other's turn; a tab that is closed in the middle leaves nothing locked.
  await beside.page.getByTestId('sweep-start').click()
  await expect(theirs).toHaveAttribute('data-phase', 'running')
  await expect(page.getByTestId('sweep-elsewhere')).toContainText('Running')
  await beside.page.close()
  await expect(page.getByTestId('sweep-elsewhere')).toBeHidden()
  await page.getByTestId('sweep-start').click()
  await expect(panel).toHaveAttribute('data-phase', 'running')
  await page.getByTestId('sweep-stop').click()
  await expect(panel).toHaveAttribute('data-phase', 'aborted')
})
