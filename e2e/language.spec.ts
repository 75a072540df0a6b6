import { readFile } from 'node:fs/promises'
import { parseEpisodeIndex } from '../src/data/episodeIndex.ts'
import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test('an episode whose instruction the policy cannot read offers a policy that can, which then plays it', async ({
  playground,
  page,
}) => {
  test.slow()
  const instruction = await firstInstruction('spatial')
  await playground.open({ fragment: 'v=1&d=spatial&e=0&f=0' })
  const notice = page.getByTestId('notice-language')
  await expect(notice).toContainText(`cannot follow “${instruction}`, { timeout: MODEL_TIMEOUT_MS })
  await expect(notice).toContainText(`The policy reads 1 to 7 words; these are ${instruction.split(' ').length}.`)
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

/** What the first bundled episode of a suite asks for; the episodes are recorded again with every better policy. */
async function firstInstruction(suite: string): Promise<string> {
  const { episodes } = parseEpisodeIndex(JSON.parse(await readFile(`public/episodes/${suite}/index.json`, 'utf8')))
  return episodes[0].instruction
}
