import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { blockingProblems } from './support/axe.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

/** The real policy solves a task in ten queries; a busy machine takes its time. */
const RUN_TIMEOUT_MS = 180_000 * PATIENCE

test('the real policy solves a task in the simulator while its settings change, and the rollout opens in the player', async ({
  playground,
  page,
}) => {
  test.slow()
  await playground.open({ model: undefined, fragment: 'v=1&f=0&tab=simulator' })
  await playground.waitForModel()
  const panel = page.getByTestId('simulator')
  await expect(panel).toHaveAttribute('data-status', 'waiting', { timeout: MODEL_TIMEOUT_MS })
  const front = page.getByTestId('live-front')
  const kept = async () => Number(await front.getAttribute('data-kept'))

  await page.getByTestId('simulator-act').click()
  // The first query has no history to prune by; those after it do.
  await expect.poll(kept, { timeout: RUN_TIMEOUT_MS }).toBeLessThan(256)
  await page.getByTestId('method-select').selectOption('dense')
  await expect.poll(kept, { timeout: RUN_TIMEOUT_MS }).toBe(256)

  await expect(panel).toHaveAttribute('data-status', 'ended', { timeout: RUN_TIMEOUT_MS })
  await expect(page.getByTestId('simulator-status')).toContainText(/Solved after \d+ control steps and \d+ queries/)
  await page.getByTestId('simulator-save').click()
  await expect(page.getByTestId('simulator-status')).toContainText('Opened in the player', { timeout: RUN_TIMEOUT_MS })
  expect(await playground.lastFrame()).toBeGreaterThan(20)
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

  expect(await blockingProblems(page, '[data-testid=simulator]')).toEqual([])
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
