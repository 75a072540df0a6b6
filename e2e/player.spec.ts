import { expect, test } from './support/test.ts'

test('plays an episode to its end', async ({ playground }) => {
  await playground.open()
  await playground.expectFrame(0)
  // Slowly at first: the label is there for a minute, however long a busy machine takes to look.
  await playground.setSpeed(0.1)
  await playground.press('Space')
  await expect(playground.playButton).toHaveAccessibleName('Pause')
  await expect.poll(() => playground.frame()).toBeGreaterThan(0)
  await playground.setSpeed(4)
  const last = await playground.lastFrame()
  await playground.expectFrame(last)
  await expect(playground.playButton).toHaveAccessibleName('Play')
  await expect(playground.frameCounter).toContainText(`${last} / ${last}`)
})

test('pauses where it is told to', async ({ playground }) => {
  await playground.open()
  // Two frames a second: paused long before the end, and yet it would move in the time that is waited below.
  await playground.setSpeed(0.1)
  await playground.playButton.click()
  await expect.poll(() => playground.frame()).toBeGreaterThan(0)
  await playground.press('Space')
  await expect(playground.playButton).toHaveAccessibleName('Play')
  const frame = await playground.settledFrame()
  await playground.page.waitForTimeout(1200)
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

test('goes from moment to moment, plays back and repeats a range by keyboard', async ({ playground, page }) => {
  await playground.open()
  // Another run has other moments.
  await playground.waitForLiveRun()
  const reason = page.getByTestId('moment')
  await expect(reason).toHaveText(/^[1-9]\d* moments$/)
  await playground.press(']')
  await expect(reason).toHaveText(/gripper|disagreement|mode begins|change of the kept set/)
  const first = await playground.settledFrame()
  expect(first).toBeGreaterThan(0)
  await playground.press(']')
  const second = await playground.settledFrame()
  expect(second).toBeGreaterThan(first)
  await playground.press('[')
  await playground.expectFrame(first)

  // From the first moment to the second, again and again, and back when asked.
  await playground.press('i')
  await playground.press(']')
  await playground.press('o')
  await expect(page.getByTestId('loop')).toHaveAccessibleName(`Looping frames ${first} to ${second}`)
  await playground.setSpeed(0.1)
  await playground.press('j')
  await expect.poll(() => playground.frame()).toBeLessThan(second)
  await playground.press('k')
  await expect(playground.playButton).toHaveAccessibleName('Play')
  expect(await playground.settledFrame()).toBeGreaterThanOrEqual(first)
})

test('does anything from the palette and takes it back', async ({ playground, page }) => {
  await playground.open()
  const method = page.getByTestId('method-select')
  await expect(method).toHaveValue('specprune')
  await playground.press('ControlOrMeta+k')
  await page.getByTestId('palette-input').fill('method stride')
  await page.keyboard.press('Enter')
  await expect(method).toHaveValue('stride')
  await playground.press('ControlOrMeta+z')
  await expect(method).toHaveValue('specprune')
  await playground.press('ControlOrMeta+Shift+z')
  await expect(method).toHaveValue('stride')
})

test('opens another episode from the list', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=12' })
  const before = await page.getByTestId('instruction').textContent()
  await playground.episode(1).click()
  await expect(playground.episode(1)).toHaveAttribute('aria-current', 'true')
  await expect(page.getByTestId('instruction')).not.toHaveText(before ?? '')
  const frames = /(\d+) frames/.exec(await playground.episode(1).innerText())?.[1]
  // The episode before can be played until this one is there.
  await expect(playground.scrubber).toHaveAttribute('aria-valuemax', String(Number(frames) - 1))
  await playground.waitForEpisode()
})

test('lists its keys', async ({ playground, page }) => {
  await playground.open()
  await playground.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Ten frames on')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})
