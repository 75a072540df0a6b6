import type { Locator, Page } from '@playwright/test'
import { launchOptions } from '../playwright.config.ts'
import { MODEL_TIMEOUT_MS } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

// WebGL needs a graphics card or one that the browser imitates.
test.use({ launchOptions: launchOptions('--enable-unsafe-swiftshader') })

/** Pixels between the places that are tried. */
const STRIDE = 14

/** Presses here and there in the scene until another object than the chosen one is grasped; the pointer stays down on it. */
async function grasp(page: Page, scene: Locator): Promise<{ x: number; y: number }> {
  const box = await scene.boundingBox()
  if (box === null) throw new Error('The scene has no place on the page.')
  const chosen = page.getByTestId(/^object-\d+$/).and(page.locator('[aria-pressed=true]'))
  const before = await chosen.innerText()
  // The table is in the lower middle.
  for (let y = box.y + 0.75 * box.height; y > box.y + 0.35 * box.height; y -= STRIDE) {
    for (let x = box.x + 0.3 * box.width; x < box.x + 0.8 * box.width; x += STRIDE) {
      await page.mouse.move(x, y)
      await page.mouse.down()
      if ((await chosen.innerText()) !== before) return { x, y }
      await page.mouse.up()
    }
  }
  throw new Error('No object was found in the scene.')
}

test('drags an object in the three-dimensional view: the policy’s camera shows it elsewhere', async ({
  playground,
  page,
}) => {
  test.slow()
  await playground.open({ fragment: 'v=1&f=0&tab=simulator' })
  await expect(page.getByTestId('simulator')).toHaveAttribute('data-status', 'waiting', { timeout: MODEL_TIMEOUT_MS })
  const anyway = page.getByRole('button', { name: 'Draw it anyway' })
  const scene = page.getByTestId('scene')
  await expect(anyway.or(scene)).toBeVisible()
  if (await anyway.isVisible()) await anyway.click()
  await expect(scene).toBeVisible()
  await scene.scrollIntoViewIfNeeded()
  const front = page.getByTestId('live-front')
  const picture = () => front.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
  await expect(front).toHaveAttribute('data-step', '0')
  const before = await picture()

  const { x, y } = await grasp(page, scene)
  for (let step = 1; step <= 4; step++) await page.mouse.move(x + 6 * step, y + 2 * step)
  await page.mouse.up()
  await expect.poll(picture).not.toBe(before)
})
