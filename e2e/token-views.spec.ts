import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import type { Playground } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

/** Opens the recorded run of the page's own policy: what it kept is known before any weight is fetched. */
async function openRecordedRun(playground: Playground): Promise<void> {
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await expect(playground.camera('front')).toHaveAttribute('data-origin', /recorded|live/, {
    timeout: MODEL_TIMEOUT_MS,
  })
}

test('looks at the tokens in every way: sets, depth, scores of a layer by text and by action rows, ground truth', async ({
  playground,
  page,
}) => {
  await openRecordedRun(playground)
  const legend = page.getByTestId('legend')
  const modes = page.getByTestId('overlay-modes')
  const seen = new Set<string>()
  const expectNew = async () => {
    await expect.poll(async () => seen.has(await playground.pictures())).toBe(false)
    seen.add(await playground.pictures())
  }

  await expect(legend).toContainText('Dropped')
  await expectNew()
  await modes.getByText('Survival depth').click()
  await expect(legend).toContainText('Gone after this layer')
  await expectNew()

  await modes.getByText('Scores').click()
  await expect(legend).toContainText(/layer \d+/i)
  await expectNew()
  await page.getByRole('radio', { name: 'Action rows' }).click()
  await expectNew()
  await page.getByTestId('layer-slider').focus()
  await page.keyboard.press('Home')
  await expect(legend).toContainText(/layer 1\b/i)
  await expectNew()

  await modes.getByText('Ground truth').click()
  await expect(legend).toContainText('From the simulator, not from the policy')
  await expectNew()
  await modes.getByText('Kept sets').click()
  await page.getByTestId('outline-truth').click()
  await expect(legend).toContainText('(ground truth)')
  await expectNew()
})

test('asks of a token why: its rule, its closest competitors, what became of it before, and what it shows', async ({
  playground,
  page,
}) => {
  await openRecordedRun(playground)
  const inspector = page.getByTestId('inspector')
  await playground.camera('front').hover({ position: { x: 90, y: 90 } })
  await expect(page.getByTestId('token-fate')).toHaveText(/kept|dropped|left|survive/i)
  await playground.camera('front').click({ position: { x: 90, y: 90 } })
  await expect(inspector).toContainText('pinned')
  const place = await inspector.locator('b').first().innerText()
  // The pointer leaves; what is pinned stays.
  await playground.scrubber.hover()
  await expect(inspector.locator('b').first()).toHaveText(place)

  await expect(inspector).toContainText(/(rank|of the|cosine|score)/i)
  await expect(page.getByTestId('competitors')).toContainText('Nearest in score')
  await expect(page.getByTestId('token-truth')).toHaveText(/^Shows .+ \(simulator\)$/)
  const history = page.getByTestId('token-history').getByRole('button')
  expect(await history.count()).toBeGreaterThan(2)
  await history.first().click()
  await expect.poll(() => playground.frame()).toBeLessThan(30)
  await expect(inspector.locator('b').first()).toHaveText(place)
})
