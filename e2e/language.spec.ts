import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test('an episode with words that the policy does not know says so and opens a policy that knows them', async ({
  playground,
  page,
}) => {
  test.slow()
  await playground.open({ model: 'object', fragment: 'v=1&d=spatial&e=0&f=0' })
  const notice = page.getByTestId('notice-language')
  await expect(notice).toContainText('The policy “Object suite” cannot follow “', {
    timeout: MODEL_TIMEOUT_MS,
  })
  await expect(notice).toContainText('The policy does not know “')
  await notice.getByRole('button', { name: /^Open “Four suites/ }).click()
  await expect(page.getByTestId('model-picker')).toHaveValue('all')
  await playground.waitForEpisode()
  await playground.waitForLiveRun()
  await expect(notice).toHaveCount(0)
  expect(await playground.keptTokens('front')).toBeGreaterThan(0)
})
