import type { Page } from '@playwright/test'
import { parseSweep, type SweepFile } from '../src/data/results/sweep.ts'
import { blockingProblems } from './support/axe.ts'
import { dropFile, savedFile } from './support/files.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

/** A cell of the tiny model takes a second or two. */
const CELL_TIMEOUT_MS = 60_000 * PATIENCE

/** Saves the sweep and reads the file as the format says. */
async function savedSweep(page: Page): Promise<{ name: string; text: string; file: SweepFile }> {
  const { name, bytes } = await savedFile(page, () => page.getByTestId('sweep-save').click())
  const text = bytes.toString('utf8')
  return { name, text, file: parseSweep(JSON.parse(text)) }
}

test('sweeps a grid, pauses, goes on after a reload, and aborts with a valid partial file', async ({
  playground,
  page,
}) => {
  test.slow()
  const panel = page.getByTestId('sweep')
  const done = async () => Number(await panel.getAttribute('data-done'))
  // A query at every frame: cells long enough to be interrupted, and enough of them, even on a fast machine.
  await playground.open({ fragment: 'v=1&f=0&p=random&n=1&tab=sweep' })
  await playground.waitForLiveRun()

  await playground.fillSweepGrid('0.25, 7', '1, 2')
  await expect(page.getByTestId('sweep-start')).toBeDisabled()
  await playground.fillSweepGrid('0.25, 0.5, 0.75', '1, 2')
  await expect(page.getByTestId('sweep-start')).toHaveText('Sweep 6 cells')
  await page.getByTestId('sweep-start').click()
  await expect.poll(done, { timeout: CELL_TIMEOUT_MS, intervals: [50] }).toBeGreaterThan(0)
  // What the reader runs goes first; then the sweep goes on by itself.
  await page.getByTestId('sweep-cells-use-0').click()
  await expect(panel).toHaveAttribute('data-waiting', 'true')
  await expect(page.getByTestId('sweep-progress')).toContainText('the live run goes first')
  await playground.waitForLiveRun()
  await expect(panel).toHaveAttribute('data-waiting', 'false')
  await page.getByTestId('sweep-pause').click()
  await expect(panel).toHaveAttribute('data-phase', 'paused')
  const before = await done()
  expect(before).toBeLessThan(6)

  await page.reload()
  await playground.waitForEpisode()
  await expect(panel).toHaveAttribute('data-phase', 'paused')
  await expect(page.getByTestId('sweep-progress')).toContainText(`earlier visit, ${before} of 6 cells`)
  expect(await done()).toBe(before)
  await page.getByTestId('sweep-resume').click()
  await expect.poll(done, { timeout: CELL_TIMEOUT_MS, intervals: [50] }).toBeGreaterThan(before)
  await page.getByTestId('sweep-stop').click()
  await expect(panel).toHaveAttribute('data-phase', 'aborted')

  const cells = await done()
  expect(cells).toBeLessThan(6)
  const { file } = await savedSweep(page)
  expect(file).toMatchObject({ partial: true, done: cells, total: 6, plan: { method: { id: 'random' } } })
  for (const cell of file.cells) expect(cell.status === 'measured' && cell.device.backend).toMatch(/^wasm/)
  // Each is a point in the chart of everything tried, over the reload too.
  await page.getByTestId('tab-tried').click()
  await expect(
    page
      .getByTestId('pareto')
      .getByRole('button', { name: /Share kept 0\.25/ })
      .first(),
  ).toBeVisible()
  await page.getByTestId('tab-sweep').click()
  expect(await blockingProblems(page, '[data-testid=sweep]')).toEqual([])
})

test('opens a saved sweep again: its grid, plot and cells, read only, and says what is wrong with a broken one', async ({
  playground,
  page,
}) => {
  const panel = page.getByTestId('sweep')
  await playground.open({ fragment: 'v=1&f=0&p=random&tab=sweep' })
  await playground.waitForLiveRun()
  await playground.fillSweepGrid('0.25, 0.5', '1, 2')
  await page.getByTestId('sweep-start').click()
  await expect(panel).toHaveAttribute('data-phase', 'done', { timeout: 4 * CELL_TIMEOUT_MS })
  const ownGrid = await page.getByTestId('sweep-grid').innerText()
  const { name, text, file } = await savedSweep(page)

  // Somebody else: nothing of the sweep is in their browser.
  await page.evaluate(() => indexedDB.deleteDatabase('specprune-sweeps'))
  await playground.open({ fragment: 'v=1&f=0' })
  await page.reload()
  await playground.waitForEpisode()
  await dropFile(page, name, 'application/json', text)
  await expect(page.getByTestId('tab-sweep')).toHaveAttribute('aria-selected', 'true')
  const opened = page.getByTestId('opened-sweep')
  await expect(opened.getByTestId('opened-sweep-state')).toContainText('All 4 cells')
  await expect(panel).toHaveAttribute('data-phase', 'idle')
  expect(await opened.getByTestId('sweep-grid').innerText()).toBe(ownGrid)
  await expect(opened.getByTestId('sweep-plot').locator('circle')).toHaveCount(4)
  await expect(opened.getByTestId('opened-sweep-cells').locator('tbody tr')).toHaveCount(4)
  await opened.getByTestId('sweep-measure').selectOption('budget')
  await expect(opened.getByTestId('sweep-grid')).toContainText('%')
  expect(await blockingProblems(page, '[data-testid=sweep]')).toEqual([])
  // A row opens the exact setting.
  await opened.getByTestId('opened-sweep-cells-use-3').click()
  await expect(page.getByTestId('method-select')).toHaveValue('random')
  await expect(playground.parameter('keep')).toHaveAttribute('aria-valuenow', '0.5')

  // A partial one says so; what is cut off or does not add up is told apart, and what was open stays.
  const partial = { ...file, partial: true, done: 3, cells: file.cells.slice(0, 3) }
  await page.getByTestId('sweep-file').setInputFiles({
    name: 'half.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(partial)),
  })
  await expect(opened.getByTestId('opened-sweep-state')).toContainText('Partial: 3 of 4 cells')
  await expect(opened.getByTestId('sweep-grid').locator('tbody tr').last()).toContainText('–')
  await page.getByTestId('tab-charts').click()
  await dropFile(page, 'cut.json', 'application/json', text.slice(0, text.length / 2))
  await expect(opened.getByRole('alert')).toHaveText(/^cut\.json: the file is not JSON\. It may be cut off/)
  await dropFile(page, 'wrong.json', 'application/json', JSON.stringify({ ...partial, partial: false }))
  await expect(opened.getByRole('alert')).toHaveText(/^wrong\.json: Not a sweep: partial: is false with 3 of 4 cells/)
  await expect(opened).toHaveAttribute('data-name', 'half.json')
  await page.getByTestId('sweep-close').click()
  await expect(opened.getByRole('table')).toHaveCount(0)
})
