import { expect, test } from './support/test.ts'

test('plays an episode to its end', async ({ playground }) => {
  await playground.open()
  await playground.expectFrame(0)
  await playground.press('Space')
  // From the first frame, so that even a busy machine sees the label before the end.
  await expect(playground.playButton).toHaveAccessibleName('Pause')
  await expect.poll(() => playground.frame()).toBeGreaterThan(5)
  const last = await playground.lastFrame()
  await playground.expectFrame(last)
  await expect(playground.playButton).toHaveAccessibleName('Play')
  await expect(playground.frameCounter).toContainText(`${last} / ${last}`)
})

test('pauses where it is told to', async ({ playground }) => {
  await playground.open()
  await playground.playButton.click()
  await expect.poll(() => playground.frame()).toBeGreaterThan(3)
  await playground.press('Space')
  await expect(playground.playButton).toHaveAccessibleName('Play')
  const frame = await playground.frame()
  await playground.page.waitForTimeout(300)
  expect(await playground.frame()).toBe(frame)
})

test('steps frame by frame and comes back to the same pictures', async ({ playground }) => {
  await playground.open()
  // Without the overlay, which changes when the live run comes in.
  await playground.press('0')
  const forward: string[] = []
  for (let frame = 0; frame <= 20; frame++) {
    await playground.expectFrame(frame)
    forward.push(await playground.pictures())
    await playground.press('ArrowRight')
  }
  const back: string[] = []
  for (let frame = 20; frame >= 0; frame--) {
    await playground.press('ArrowLeft')
    await playground.expectFrame(frame)
    back.unshift(await playground.pictures())
  }
  expect(back).toEqual(forward)
  // The arm moves in most of them: equal pictures throughout would prove nothing.
  expect(new Set(forward).size).toBeGreaterThan(10)
})

test('walks by tens, by queries and to the ends with the keyboard alone', async ({ playground, page }) => {
  await playground.open()
  await playground.waitForLiveRun()
  await playground.press('Shift+ArrowRight')
  await playground.expectFrame(10)
  await playground.press('Shift+ArrowLeft')
  await playground.expectFrame(0)

  await playground.press('.')
  const second = await playground.frame()
  expect(second).toBeGreaterThan(0)
  await expect(page.getByTestId('query-caption')).toContainText(`query 2 at frame ${second}`)
  await playground.press(',')
  await playground.expectFrame(0)

  await playground.scrubber.focus()
  await page.keyboard.press('End')
  await playground.expectFrame(await playground.lastFrame())
  await page.keyboard.press('Home')
  await playground.expectFrame(0)
})

test('opens another episode from the list', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=12' })
  const before = await page.getByTestId('instruction').textContent()
  await page.getByTestId('episode-1').click()
  await expect(page.getByTestId('episode-1')).toHaveAttribute('aria-current', 'true')
  await expect(page.getByTestId('instruction')).not.toHaveText(before ?? '')
  await playground.waitForEpisode()
  const frames = /(\d+) frames/.exec(await page.getByTestId('episode-1').innerText())?.[1]
  expect(await playground.lastFrame()).toBe(Number(frames) - 1)
})

test('lists its keys', async ({ playground, page }) => {
  await playground.open()
  await playground.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Ten frames on')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})
