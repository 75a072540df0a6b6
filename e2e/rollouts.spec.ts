import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './support/test.ts'
import { PATIENCE } from './support/patience.ts'

/** Four short episodes of the tiny model take seconds; a busy machine takes its time. */
const RUN_TIMEOUT_MS = 120_000 * PATIENCE

/** What axe calls serious or critical in a panel. */
async function blockingProblems(page: Page, panel: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(`[data-testid="${panel}"]`).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

test('plays two seeds with and without pruning, pauses, and opens a failed one in the player', async ({
  playground,
  page,
}) => {
  test.slow()
  await playground.open({ fragment: 'v=1&f=0' })
  await playground.waitForLiveRun()
  await page.getByTestId('tab-rollouts').click()
  await page.getByTestId('rollouts-seeds').fill('2')
  await page.getByTestId('rollouts-horizon').fill('24')
  await expect(page.getByTestId('rollouts-start')).toHaveText('Play 4 episodes')
  await page.getByTestId('rollouts-start').click()

  const panel = page.getByTestId('rollouts')
  await page.getByTestId('rollouts-pause').click({ timeout: RUN_TIMEOUT_MS })
  await expect(panel).toHaveAttribute('data-phase', 'paused')
  await expect(page.getByTestId('rollouts-progress')).toContainText('Paused')
  await page.getByTestId('rollouts-resume').click()
  await expect(panel).toHaveAttribute('data-phase', 'done', { timeout: RUN_TIMEOUT_MS })

  for (const setting of ['m1', 'm2']) {
    await expect(page.getByTestId(`rollouts-setting-${setting}`)).toHaveAttribute('data-episodes', '2')
    await expect(page.getByTestId(`rollouts-setting-${setting}`)).toContainText(/\d of 2/)
  }
  await expect(page.getByTestId('rollouts-pair-m2')).toHaveAttribute('data-pairs', '2')
  // The last episode was pruned: its last query dropped tokens on the live camera.
  await expect(page.getByTestId('live-front')).toHaveAttribute('data-step', '24')
  expect(Number(await page.getByTestId('live-front').getAttribute('data-kept'))).toBeLessThan(256)

  expect(await blockingProblems(page, 'rollouts')).toEqual([])

  await page.getByTestId('rollouts-open-1-m2').click()
  await expect(page.getByTestId('instruction')).toHaveText(/^put the/)
  await expect.poll(() => playground.lastFrame(), { timeout: RUN_TIMEOUT_MS }).toBe(23)
  await playground.waitForLiveRun()
  await playground.goToFrame(20)
  expect(await playground.keptTokens('front')).toBeLessThan(256)
})

test('moves an object in the simulator by keys: the policy’s camera shows it, and the policy acts', async ({
  playground,
  page,
}) => {
  test.slow()
  await playground.open({ fragment: 'v=1&f=0' })
  await playground.waitForModel()
  await page.getByTestId('tab-simulator').click()
  const panel = page.getByTestId('simulator')
  await expect(panel).toHaveAttribute('data-status', 'waiting', { timeout: RUN_TIMEOUT_MS })
  const front = page.getByTestId('live-front')
  await expect(front).toHaveAttribute('data-step', '0')
  const picture = () => front.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())

  expect(await blockingProblems(page, 'simulator')).toEqual([])
  const before = await picture()
  await page.getByTestId('object-0').focus()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByTestId('simulator-status')).toContainText(/was moved|in the way/)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(picture).not.toBe(before)

  await page.getByTestId('simulator-instruction').fill('fetch the moon')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('simulator-instruction-note')).toContainText(
    /does not know “fetch”, “moon”. It knows: put/,
  )
  await expect(page.getByTestId('simulator-act')).toBeDisabled()
  await page.getByRole('button', { name: 'The task’s own' }).click()

  await page.getByTestId('simulator-act').click()
  await expect(panel).toHaveAttribute('data-status', 'acting')
  await expect.poll(async () => Number(await front.getAttribute('data-step'))).toBeGreaterThan(8)
  await page.getByTestId('simulator-pause').click()
  await expect(panel).toHaveAttribute('data-status', 'paused')
  await page.getByTestId('simulator-save').click()
  await expect(page.getByTestId('simulator-status')).toContainText('Opened in the player', { timeout: RUN_TIMEOUT_MS })
  expect(await playground.lastFrame()).toBeGreaterThan(6)
})
