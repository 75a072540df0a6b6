// `npm run screens`: pictures of the built page for the documentation.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Playground } from '../../e2e/pages/playground.ts'
import { withBuiltPage } from './builtPage.ts'
import { ROOT } from './project.mjs'

const OUTPUT = join(ROOT, 'docs', 'screens')

/** A frame with history, at which every set of the method has something to show. */
const MOMENT = 'v=1&f=30'

interface Screen {
  name: string
  colorScheme: 'light' | 'dark'
  width: number
  height: number
  /** What the link adds to the moment. */
  also?: string
}

const SCREENS: readonly Screen[] = [
  { name: 'light', colorScheme: 'light', width: 1440, height: 900 },
  { name: 'dark', colorScheme: 'dark', width: 1440, height: 900 },
  { name: '1280x720', colorScheme: 'light', width: 1280, height: 720 },
  { name: 'tablet', colorScheme: 'light', width: 834, height: 1112 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
  { name: 'scores', colorScheme: 'light', width: 1440, height: 900, also: 'o=scores' },
  { name: 'tab-layers', colorScheme: 'light', width: 1440, height: 1400, also: 'tab=layers' },
  { name: 'tab-results', colorScheme: 'light', width: 1440, height: 1400, also: 'tab=results' },
  { name: 'tab-sweep', colorScheme: 'light', width: 1440, height: 1400, also: 'tab=sweep' },
  { name: 'tab-rollouts', colorScheme: 'dark', width: 1440, height: 1400, also: 'tab=rollouts' },
  { name: 'tab-device', colorScheme: 'light', width: 1440, height: 1400, also: 'tab=device' },
]

await mkdir(OUTPUT, { recursive: true })
await withBuiltPage(async ({ browser, origin }) => {
  for (const { name, colorScheme, width, height, also } of SCREENS) {
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme,
      reducedMotion: 'reduce',
      serviceWorkers: 'block',
      deviceScaleFactor: name === 'phone' ? 2 : 1,
    })
    const playground = new Playground(page)
    const fragment = also === undefined ? MOMENT : `${MOMENT}&${also}`
    await playground.open({ model: undefined, fragment, origin })
    await playground.waitForLiveRun()
    const file = join(OUTPUT, `${name}.png`)
    await page.evaluate(() => scrollTo(0, 0))
    await page.screenshot({ path: file })
    console.log(file)
    await page.context().close()
  }
})
