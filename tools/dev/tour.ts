// `npm run tour`: the moving picture that the README opens with, taken from the built page.
import type { Page } from '@playwright/test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { Playground } from '../../e2e/pages/playground.ts'
import { withBuiltPage } from './builtPage.ts'
import { ROOT } from './project.mjs'

const OUTPUT = join(ROOT, 'docs', 'screens', 'tour.webp')
const SIZE = { width: 1280, height: 720 }

/** Frames of the episode between two pictures while it plays, and how long each picture stays. */
const EPISODE_STEP = 2
const PICTURE_MS = 180
const PAUSE_MS = 1200

interface Picture {
  png: Buffer
  ms: number
}

/** Takes pictures of a page, one after another. */
class Camera {
  readonly pictures: Picture[] = []
  private readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async take(ms = PICTURE_MS): Promise<void> {
    this.pictures.push({ png: await this.page.screenshot(), ms })
  }
}

/** What a visitor does in the first minute: plays the episode, looks at an earlier layer, keeps fewer tokens. */
async function tour(playground: Playground, camera: Camera): Promise<void> {
  const last = await playground.lastFrame()
  for (let frame = 0; frame <= last; frame += EPISODE_STEP) {
    await playground.expectFrame(frame)
    await camera.take()
    for (let i = 0; i < EPISODE_STEP && frame + i < last; i++) await playground.press('ArrowRight')
  }
  await playground.goToFrame(30)
  await playground.expectFrame(30)
  await camera.take(PAUSE_MS)
  const layer = playground.page.getByTestId('layer-slider')
  await layer.focus()
  await playground.page.keyboard.press('Home')
  for (let i = 0; i < 9; i++) {
    await camera.take(2 * PICTURE_MS)
    await playground.page.keyboard.press('ArrowRight')
  }
  await camera.take(PAUSE_MS)
  const local = playground.parameter('localTokens')
  await local.focus()
  for (let i = 0; i < 8; i++) {
    for (let step = 0; step < 2; step++) await playground.page.keyboard.press('ArrowLeft')
    await camera.take()
  }
  await playground.waitForLiveRun()
  await camera.take(2 * PAUSE_MS)
}

await mkdir(join(OUTPUT, '..'), { recursive: true })
await withBuiltPage(async ({ browser, origin }) => {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' })
  const playground = new Playground(page)
  await playground.open({ model: undefined, fragment: 'v=1&f=0', origin })
  await playground.waitForLiveRun()
  const camera = new Camera(page)
  await tour(playground, camera)
  const { size } = await sharp(
    camera.pictures.map(({ png }) => png),
    { join: { animated: true } },
  )
    .webp({ quality: 60, effort: 5, delay: camera.pictures.map(({ ms }) => ms), loop: 0 })
    .toFile(OUTPUT)
  console.log(`${OUTPUT}: ${camera.pictures.length} pictures, ${(size / 1e6).toFixed(2)} MB`)
})
