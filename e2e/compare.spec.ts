import type { Locator, Page } from '@playwright/test'
import type { Playground } from './pages/playground.ts'
import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

/** What the legend of the difference says about the frame on the screen. */
interface Counts {
  both: number
  onlyLeft: number
  onlyRight: number
  /** As a share. */
  jaccard: number
}

async function readCounts(page: Page): Promise<Counts> {
  const text = await page.getByTestId('compare-counts').innerText()
  const numbers = /both\s*(\d+)\s*only \w+\s*(\d+)\s*only \w+\s*(\d+)[\s\S]*?([\d.]+)\s?% in common/.exec(text)
  expect(numbers, text).not.toBeNull()
  const [both, onlyLeft, onlyRight, percent] = (numbers ?? []).slice(1).map(Number)
  return { both, onlyLeft, onlyRight, jaccard: percent / 100 }
}

/** The painted token grids of one column, as text that can be compared. */
function columnPictures(page: Page, title: string): Promise<string[]> {
  return page
    .getByRole('img', { name: new RegExp(`^${title}, (front|wrist) camera$`) })
    .evaluateAll((canvases: HTMLCanvasElement[]) => canvases.map((canvas) => canvas.toDataURL()))
}

/** Where the playhead of each trace stands, as a share of its width. */
function playheads(page: Page): Promise<number[]> {
  return page
    .getByTestId('compare')
    .locator('svg[role="img"] line')
    .evaluateAll((lines: SVGLineElement[]) =>
      lines.map((line) => Number(line.getAttribute('x1')) / (line.ownerSVGElement?.viewBox.baseVal.width ?? 1)),
    )
}

/** Pins what the panel says, then drops the local set: two settings that keep different tokens. */
async function compareWithoutLocalSet(playground: Playground): Promise<Locator> {
  const { page } = playground
  await page.getByTestId('tab-compare').click()
  const panel = page.getByTestId('compare')
  await expect(panel).toContainText('Pin the present setting')
  await page.getByTestId('pin-setting').click()
  await expect(page.getByTestId('card-A')).toContainText('budget')
  await playground.setSlider('localTokens', 0)
  await playground.waitForLiveRun()
  await expect(page.getByTestId('compare-summary')).toBeVisible()
  return panel
}

test('two settings are compared side by side on one playhead', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=8' })
  await playground.waitForLiveRun()
  const panel = await compareWithoutLocalSet(playground)
  await expect(page.getByTestId('card-A').getByRole('button', { name: 'left' })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByTestId('card-now').getByRole('button', { name: 'right' })).toHaveAttribute(
    'aria-pressed',
    'true',
  )

  // Of two frames with queries of their own, everything follows the same playhead.
  const columns = ['A keeps', 'Difference', 'Now keeps']
  const before = await Promise.all(columns.map((title) => columnPictures(page, title)))
  for (const pictures of before) expect(pictures).toHaveLength(2)
  await playground.goToFrame(40)
  await expect
    .poll(async () => {
      const after = await Promise.all(columns.map((title) => columnPictures(page, title)))
      return after.map((pictures, i) => pictures.every((picture, view) => picture !== before[i][view]))
    })
    .toEqual([true, true, true])
  const share = 40 / (await playground.lastFrame())
  for (const playhead of await playheads(page)) expect(playhead).toBeCloseTo(share, 5)
  expect(await playheads(page)).toHaveLength(2)

  // The difference says what the cameras above say.
  const counts = await readCounts(page)
  expect(counts.onlyLeft).toBeGreaterThan(0)
  expect(counts.jaccard).toBeCloseTo(counts.both / (counts.both + counts.onlyLeft + counts.onlyRight), 2)
  const kept = (await playground.keptTokens('front')) + (await playground.keptTokens('wrist'))
  expect(counts.both + counts.onlyRight).toBe(kept)
  await expect(page.getByTestId('compare-summary')).toContainText(/\(Jaccard\)\s*\d+ ?%/)
  await expect(page.getByTestId('compare-summary')).toContainText(/Actions apart, mean\s*[\d.]+ mm/)

  // The table has the same numbers, frame by frame.
  await panel.getByText('Table', { exact: true }).click()
  const row = panel.getByRole('row').filter({ has: page.getByRole('cell', { name: '40', exact: true }).first() })
  const cells = await row.first().getByRole('cell').allInnerTexts()
  expect(Number.parseFloat(cells[1]) / 100).toBeCloseTo(counts.jaccard, 2)

  // A click on a trace moves the player, and with it both cameras.
  const trace = panel.getByRole('img', { name: 'Kept sets in common' })
  const area = await trace.boundingBox()
  await trace.click({ position: { x: (area?.width ?? 0) / 2, y: 10 } })
  await expect.poll(() => playground.frame()).not.toBe(40)
  const middle = await playground.settledFrame()
  expect(Math.abs(middle - (await playground.lastFrame()) / 2)).toBeLessThanOrEqual(1)
})

test('pinned settings travel in the link, run again there, and one of them becomes the present setting', async ({
  playground,
  page,
}) => {
  await playground.open({ fragment: 'v=1&f=16' })
  await playground.waitForLiveRun()
  await compareWithoutLocalSet(playground)
  await page.getByTestId('pin-setting').click()
  await expect(page.getByTestId('pin-setting')).toHaveText('The present setting is pinned')
  await expect(page.getByTestId('card-B')).toContainText('budget')
  const counts = await readCounts(page)
  // The address follows after a rest.
  await expect(page).toHaveURL(/[#&]cmp=[^&]+~/)

  await page.reload()
  await expect(page.getByTestId('card-B')).toContainText('budget', { timeout: MODEL_TIMEOUT_MS })
  await expect(page.getByTestId('card-A')).toContainText('budget', { timeout: MODEL_TIMEOUT_MS })
  await expect.poll(() => readCounts(page)).toEqual(counts)

  await page.getByTestId('card-A').getByRole('button', { name: 'use' }).click()
  await expect(playground.parameter('localTokens')).not.toHaveAttribute('aria-valuenow', '0')
  await page.getByRole('button', { name: 'Unpin B' }).click()
  await expect(page.getByTestId('card-B')).toBeHidden()
})
