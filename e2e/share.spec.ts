import { MODEL_TIMEOUT_MS, Playground } from './pages/playground.ts'
import { HeldRequests } from './support/heldRequests.ts'
import { expect, test } from './support/test.ts'

test('a link reproduces the view for someone else', async ({ playground, page, browser, problems, baseURL }) => {
  await playground.open({ fragment: 'v=1&e=1' })
  await playground.waitForLiveRun()
  await playground.goToFrame(23)
  await playground.setSlider('globalTokens', 5)
  await playground.press('2')
  await playground.camera('wrist').click({ position: { x: 100, y: 80 } })
  // The pointer goes first: when the page's layout moves under it, the inspector shows what lies there then.
  await page.mouse.move(0, 0)
  await expect(page.getByTestId('inspector')).toContainText('pinned')
  await playground.waitForLiveRun()
  const pictures = await playground.pictures()
  const story = await page.getByTestId('inspector').innerText()
  const link = await playground.copyLink()
  expect(new URL(link).hash).toMatch(/[#&]v=1(&|$)/)
  expect(link.length).toBeLessThan(2000)

  // Nothing is shared with the first reader but the link.
  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
  problems.watch(context)
  const theirs = new Playground(await context.newPage())
  await theirs.open({ fragment: new URL(link).hash.slice(1) })
  await theirs.waitForLiveRun()
  await theirs.expectFrame(23)
  await expect(theirs.episode(1)).toHaveAttribute('aria-current', 'true')
  await expect(theirs.parameter('globalTokens')).toHaveAttribute('aria-valuenow', '5')
  await expect(theirs.page.getByRole('radio', { name: 'Survival depth' })).toBeChecked()
  await expect.poll(() => theirs.pictures()).toBe(pictures)
  await expect.poll(() => theirs.page.getByTestId('inspector').innerText()).toBe(story)
  await context.close()
})

test('the address follows the view and survives a reload', async ({ playground, page }) => {
  await playground.open()
  await playground.goToFrame(14)
  await expect(page).toHaveURL(/[#&]f=14(&|$)/)
  await page.reload()
  await playground.waitForEpisode()
  await playground.expectFrame(14)
})

test('a bad link opens what it can and says what it cannot', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&e=abc&f=11&o=purple&p.globalTokens=many&p.nonsense=1&new=kept' })
  const note = page.getByTestId('notice-link')
  await expect(note).toContainText('episode "abc"')
  await expect(note).toContainText('overlay "purple"')
  await expect(note).toContainText('"many"')
  await expect(note).toContainText('"nonsense"')
  await playground.expectFrame(11)
  await expect(playground.episode(0)).toHaveAttribute('aria-current', 'true')
  // What a newer page may know is handed on.
  await playground.press('ArrowRight')
  await expect(page).toHaveURL(/[#&]new=kept(&|$)/)
  await note.getByRole('button', { name: 'Dismiss' }).click()
  await expect(note).toBeHidden()
})

test('a link opens its model, names its weights until they are there, and then says that they are others', async ({
  playground,
  page,
}) => {
  const weights = await HeldRequests.of(page, /\/models\/.*\.(bin|onnx)/)
  // The link alone names the model.
  await playground.open({ model: undefined, fragment: 'v=1&m=tiny@00000000&l=99&n=64&tab=measure' })
  await expect(page.getByTestId('tab-measure')).toHaveAttribute('aria-selected', 'true')
  await playground.press('ArrowRight')
  await expect(page).toHaveURL(/[#&]f=1&.*m=tiny@00000000(&|$)/)

  await weights.release()
  const note = page.getByTestId('notice-link')
  await expect(note).toContainText('other weights of tiny (00000000)', { timeout: MODEL_TIMEOUT_MS })
  await expect(note).toContainText('no layer 99')
  await expect(note).toContainText('predicts 8 actions')
  await expect(page).toHaveURL(/[#&]m=tiny@(?!00000000)[0-9a-f]{8}(&|$)/)
})

for (const fragment of ['%', 'v=99', 'p=no-such-method&e=4000&f=99999', '&&==&=', 'd=elsewhere@00000000']) {
  test(`a broken link (#${fragment}) still opens an episode`, async ({ playground, page }) => {
    await playground.open({ fragment })
    await expect(playground.camera('front')).toHaveAttribute('data-origin', /recorded|preview|live/)
    if (fragment !== '&&==&=') await expect(page.getByTestId('notice-link')).toBeVisible()
  })
}
