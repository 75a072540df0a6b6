import { blockingProblems } from './support/axe.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

/** Four short episodes of the tiny model take seconds; a busy machine takes its time. */
const RUN_TIMEOUT_MS = 120_000 * PATIENCE

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

  expect(await blockingProblems(page, '[data-testid=rollouts]')).toEqual([])

  await page.getByTestId('rollouts-open-1-m2').click()
  await expect(page.getByTestId('instruction')).toHaveText(/^put the/)
  await expect.poll(() => playground.lastFrame(), { timeout: RUN_TIMEOUT_MS }).toBe(23)
  await playground.waitForLiveRun()
  await playground.goToFrame(20)
  expect(await playground.keptTokens('front')).toBeLessThan(256)
})
