import { expect, test } from './support/test.ts'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

test('is readable on a phone', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()

  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, 'pixels to scroll sideways').toBe(0)

  const small = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        const hasText = [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
        )
        return hasText && element.checkVisibility({ visibilityProperty: true })
      })
      .map((element) => ({
        text: element.textContent?.slice(0, 40),
        px: parseFloat(getComputedStyle(element).fontSize),
      }))
      .filter(({ px }) => px < 11),
  )
  expect(small, 'text under 11 px').toEqual([])

  for (const view of ['front', 'wrist'] as const) {
    const camera = playground.camera(view)
    await camera.scrollIntoViewIfNeeded()
    const box = await camera.boundingBox()
    expect(box?.width, `width of the ${view} camera`).toBeGreaterThan(150)
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 390).toBe(true)
  }
})

test('plays, steps and changes a setting by touch', async ({ playground, page }) => {
  await playground.open()
  await page.getByTestId('step-forward').tap()
  await playground.expectFrame(1)
  // Slowly, so that a busy machine taps again before the end.
  await playground.setSpeed(0.1)
  await playground.playButton.tap()
  await expect.poll(() => playground.frame()).toBeGreaterThan(1)
  await playground.playButton.tap()
  await expect(playground.playButton).toHaveAccessibleName('Play')

  const toggle = playground.parameter('global')
  await toggle.scrollIntoViewIfNeeded()
  await toggle.tap()
  await expect(toggle).not.toBeChecked()
})
