import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { parseSweep, type SweepFile } from '../src/data/results/sweep.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

/** A cell of the tiny model takes a second or two. */
const CELL_TIMEOUT_MS = 60_000 * PATIENCE

/** Saves the sweep and reads the file as the format says. */
async function savedFile(page: Page): Promise<SweepFile> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('sweep-save').click()])
  return parseSweep(JSON.parse(await readFile(await download.path(), 'utf8')))
}

test('sweeps a grid, pauses, goes on after a reload, and aborts with a valid partial file', async ({
  playground,
  page,
}) => {
  test.slow()
  const panel = page.getByTestId('sweep')
  const done = async () => Number(await panel.getAttribute('data-done'))
  // A query at every frame: cells long enough to be interrupted, even on a fast machine.
  await playground.open({ fragment: 'v=1&f=0&p=random&n=1&tab=sweep' })
  await playground.waitForLiveRun()

  await page.getByTestId('sweep-first').selectOption('keep')
  await page.getByTestId('sweep-first-values').fill('0.25, 7')
  await expect(page.getByTestId('sweep-start')).toBeDisabled()
  await page.getByTestId('sweep-first-values').fill('0.25, 0.5')
  await page.getByTestId('sweep-second').selectOption('removeAfter')
  await page.getByTestId('sweep-second-values').fill('1, 2')
  await expect(page.getByTestId('sweep-start')).toHaveText('Sweep 4 cells')
  await page.getByTestId('sweep-start').click()
  await expect.poll(done, { timeout: CELL_TIMEOUT_MS, intervals: [50] }).toBeGreaterThan(0)
  // What the reader runs goes first; then the sweep goes on by itself.
  await page.getByTestId('sweep-use-0').click()
  await expect(panel).toHaveAttribute('data-waiting', 'true')
  await expect(page.getByTestId('sweep-progress')).toContainText('the live run goes first')
  await playground.waitForLiveRun()
  await expect(panel).toHaveAttribute('data-waiting', 'false')
  await page.getByTestId('sweep-pause').click()
  await expect(panel).toHaveAttribute('data-phase', 'paused')
  const before = await done()
  expect(before).toBeLessThan(4)

  await page.reload()
  await playground.waitForEpisode()
  await expect(panel).toHaveAttribute('data-phase', 'paused')
  await expect(page.getByTestId('sweep-progress')).toContainText(`earlier visit, ${before} of 4 cells`)
  expect(await done()).toBe(before)
  await page.getByTestId('sweep-resume').click()
  await expect.poll(done, { timeout: CELL_TIMEOUT_MS, intervals: [50] }).toBeGreaterThan(before)
  await page.getByTestId('sweep-stop').click()
  await expect(panel).toHaveAttribute('data-phase', 'aborted')

  const cells = await done()
  expect(cells).toBeLessThan(4)
  const file = await savedFile(page)
  expect(file).toMatchObject({ partial: true, done: cells, total: 4, plan: { method: { id: 'random' } } })
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
  const { violations } = await new AxeBuilder({ page }).include('[data-testid="sweep"]').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
})
