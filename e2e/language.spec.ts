import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test('an episode whose instruction the policy cannot read offers a policy that can, which then plays it', async ({
  playground,
  page,
}) => {
  test.slow()
  await playground.open({ fragment: 'v=1&d=spatial&e=0&f=0' })
  const notice = page.getByTestId('notice-language')
  await expect(notice).toContainText('cannot follow “put the orange brick in front of the red cube', {
    timeout: MODEL_TIMEOUT_MS,
  })
  await expect(notice).toContainText('The policy reads 1 to 7 words; these are 13.')
  await notice.getByRole('button', { name: /^Open “Four suites/ }).click()
  await expect(page.getByTestId('model-picker')).toHaveValue('all')
  await playground.waitForEpisode()
  await playground.waitForLiveRun()
  await expect(notice).toHaveCount(0)
  expect(await playground.keptTokens('front')).toBeGreaterThan(0)
})

test('so does a scene of the simulator, and the offer goes away with the scene', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=0&tab=simulator' })
  await playground.waitForModel()
  const panel = page.getByTestId('simulator')
  await expect(panel).toHaveAttribute('data-status', 'waiting', { timeout: MODEL_TIMEOUT_MS })
  await page.getByTestId('simulator-suite').selectOption('spatial')
  await expect(page.getByTestId('simulator-instruction-note')).toContainText('The policy reads 1 to 7 words')
  await expect(page.getByTestId('simulator-act')).toBeDisabled()
  const notice = page.getByTestId('notice-language')
  await expect(notice.getByRole('button', { name: /^Open “Four suites/ })).toBeVisible()
  await page.getByTestId('simulator-suite').selectOption('object')
  await expect(page.getByTestId('simulator-instruction-note')).toBeEmpty()
  await expect(notice).toHaveCount(0)
})
