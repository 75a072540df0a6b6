import { expect, test, type BrowserContext, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { readCameraLog, recordCamera } from '../pages/cameraLog.ts'
import { createRandom } from '../../src/core/random.ts'
import { Playground } from '../pages/playground.ts'
import { armSeekClock, readRepaints, readSeek, recordPaintings } from './pageClocks.ts'

// Measures; judges nothing. A busy machine gives other numbers, not a red test.

/** Visits with an empty cache. */
const VISITS = 5
/** 10 Mbit/s with 40 ms of delay: a slow home line. */
const SLOW_LINE = { offline: false, latency: 40, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 }
const SLIDER_STEPS = 30
/** Repaints of the overlay, and seeks. */
const REPAINTS = 90
const SEEKS = 40
const SOUGHT_FRAMES = 30
const ROUNDS = 60
const REPORT = 'test-results/bench/page.json'

interface Row {
  what: string
  unit: string
  /** Middle, and the bad end, of `samples`. */
  p50: number
  p95: number
  samples: readonly number[]
  note: string
}

const rows: Row[] = []
const environment: Record<string, string | number> = {}

/** The middle and the bad end of some measurements. */
function summarise(what: string, unit: string, samples: readonly number[], note = ''): void {
  const sorted = [...samples].sort((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  rows.push({ what, unit, p50: quantile(0.5), p95: quantile(0.95), samples, note })
}

/** Opens the page with its own model on a frame where a method has history, and waits for the whole live run. */
async function openLive(page: Page): Promise<Playground> {
  const playground = new Playground(page)
  await playground.open({ model: undefined, fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  return playground
}

test('first overlay on a slow line', async ({ browser, baseURL }) => {
  const samples: number[] = []
  for (let visit = 0; visit < VISITS; visit++) {
    const context = await browser.newContext({ baseURL })
    const page = await context.newPage()
    await slowDown(context, page)
    await recordCamera(page)
    await page.goto('./')
    await expect.poll(async () => firstOverlayMs(page), { timeout: 60_000 }).toBeDefined()
    samples.push((await firstOverlayMs(page)) ?? Number.NaN)
    await context.close()
  }
  summarise('first overlay, 10 Mbit/s, empty cache', 'ms', samples, 'from the start of the navigation')
})

async function slowDown(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page)
  await session.send('Network.emulateNetworkConditions', SLOW_LINE)
}

async function firstOverlayMs(page: Page): Promise<number | undefined> {
  return (await readCameraLog(page)).find(({ origin }) => origin !== 'none')?.timeMs
}

test('slider to repainted overlay', async ({ page }) => {
  const playground = await openLive(page)
  await playground.parameter('localTokens').focus()
  await page.keyboard.press('Home')
  const samples: number[] = []
  for (let step = 0; step < SLIDER_STEPS; step++) {
    // Armed before the key is pressed: both go to the page on ways of their own.
    await page.evaluate(armRepaintClock)
    await page.keyboard.press('ArrowRight')
    samples.push(await page.evaluate(() => (window as unknown as ClockedWindow).repainted))
    // Long enough for the live run to start and to be superseded by the next step.
    await page.waitForTimeout(300)
  }
  summarise('slider key to repainted overlay', 'ms', samples, 'a preview, while live runs start and are superseded')
})

/** The commit of the build, as far as git knows it. */
function currentCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

interface ClockedWindow {
  /** Milliseconds from a key to the front camera's next paint. */
  repainted: Promise<number>
}

/** In the page: starts waiting for the next key, and for the front camera's next paint after it. */
function armRepaintClock(): void {
  const repainted = new Promise<number>((resolve) => {
    let pressedMs = Number.NaN
    window.addEventListener('keydown', ({ timeStamp }) => (pressedMs = timeStamp), { capture: true, once: true })
    const camera = document.querySelector('[data-testid=camera-front]')
    if (camera === null) throw new Error('There is no front camera.')
    const observer = new MutationObserver(() => {
      if (Number.isNaN(pressedMs)) return
      observer.disconnect()
      resolve(performance.now() - pressedMs)
    })
    // Its attributes are written with every paint, changed or not.
    observer.observe(camera, { attributes: true })
  })
  Object.assign(window, { repainted })
}

for (const forceRaster of [false, true]) {
  const how = forceRaster ? 'with its pixels read back' : 'script'
  test(`overlay repaint, ${how}`, async ({ page }) => {
    const playground = await openLive(page)
    await recordPaintings(page, forceRaster)
    // Every mode of the overlay, on one frame after the other.
    const keys = ['1', '2', '3', 'ArrowRight']
    let repaints = await readRepaints(page)
    for (let press = 0; repaints.length < REPAINTS; press++) {
      if (press > 4 * REPAINTS) throw new Error(`Only ${repaints.length} repaints were announced.`)
      await playground.press(press % 100 === 99 ? 'Home' : keys[press % keys.length])
      await page.evaluate(() => new Promise(requestAnimationFrame))
      repaints = await readRepaints(page)
    }
    const samples = repaints.map(({ scriptMs, rasterMs }) => scriptMs + rasterMs)
    const note = forceRaster
      ? `${samples.length} repaints; waits for the pixels, which the page itself never does`
      : `${samples.length} repaints; plan and drawing commands of both cameras`
    summarise(`overlay repaint, ${how}`, 'ms', samples, note)
  })
}

test('seek to both cameras', async ({ page }) => {
  await openLive(page)
  const track = await page.getByTestId('scrubber').evaluate((thumb) => {
    const box = thumb.closest('[data-orientation]')?.parentElement?.closest('[data-orientation]')
    const { x, y, width, height } = (box ?? thumb).getBoundingClientRect()
    return { x, y, width, height }
  })
  const random = createRandom(0)
  const samples: number[] = []
  const frames = new Set<number>()
  while (samples.length < SEEKS || frames.size < SOUGHT_FRAMES) {
    await armSeekClock(page)
    // Inside its ends; a press on the frame that is shown seeks nothing, so the next one moves well away.
    const share = (samples.length % 2 === 0 ? 0.02 : 0.52) + 0.46 * random()
    await page.mouse.click(track.x + share * track.width, track.y + track.height / 2)
    const { ms, frame } = await readSeek(page)
    samples.push(ms)
    frames.add(frame)
  }
  const note = `${frames.size} frames by a press on the timeline, to the display frame after both cameras show them`
  summarise('seek to both pictures', 'ms', samples, note)
})

test('main thread during a live run', async ({ page }) => {
  const playground = await openLive(page)
  await page.evaluate(() => {
    const tasks: number[] = []
    Object.assign(window, { longTasks: tasks })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration)
    }).observe({ type: 'longtask' })
  })
  await playground.setSlider('localTokens', 10)
  await playground.waitForLiveRun()
  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
  const samples = tasks.length > 0 ? tasks : [0]
  summarise('long tasks of the main thread in a live run', 'ms', samples, `${tasks.length} of 50 ms or more`)
  rows.push({ ...rows[rows.length - 1], what: 'longest of them', p50: Math.max(...samples), p95: Math.max(...samples) })
})

test('dense against pruned, as the page measures', async ({ page }) => {
  const playground = await openLive(page)
  await page.getByTestId('tab-measure').click()
  await page.getByRole('combobox', { name: 'Rounds' }).selectOption(String(ROUNDS))
  await page.getByTestId('start-benchmark').click()
  const panel = page.getByTestId('benchmark')
  await expect(panel).toHaveAttribute('data-status', 'done', { timeout: 600_000 })
  for (const engine of ['dense', 'keep-all', 'pruned']) {
    const row = page.getByTestId(`benchmark-${engine}`)
    const read = async (name: string) => Number(await row.getAttribute(name))
    rows.push({
      what: `query, ${engine}`,
      unit: 'ms',
      p50: await read('data-p50'),
      p95: await read('data-p95'),
      samples: [],
      note: `${await read('data-n')} rounds, interleaved`,
    })
  }
  for (const engine of ['keep-all', 'pruned']) {
    const row = page.getByTestId(`benchmark-${engine}`)
    const read = async (name: string) => Number(await row.getAttribute(name))
    const [ratio, low, high] = [await read('data-ratio'), await read('data-ratio-low'), await read('data-ratio-high')]
    const note = `95 % interval ${low.toFixed(2)} to ${high.toFixed(2)}, drawn over whole rounds`
    rows.push({ what: `dense / ${engine} at p50`, unit: '×', p50: ratio, p95: ratio, samples: [low, high], note })
  }
  environment.backend = await playground.backendBadge.innerText()
  environment.subject = (await panel.locator('p').last().innerText()).trim()
})

test.afterAll(async ({ browser }) => {
  Object.assign(environment, {
    measuredAt: new Date().toISOString(),
    commit: currentCommit(),
    browser: `Chromium ${browser.version()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
  })
  console.table(
    rows.map(({ what, unit, p50, p95, note }) => {
      const digits = unit === '×' ? 2 : 1
      return { what, p50: p50.toFixed(digits), p95: p95.toFixed(digits), unit, note }
    }),
  )
  console.log(environment)
  await mkdir('test-results/bench', { recursive: true })
  await writeFile(REPORT, `${JSON.stringify({ environment, rows }, undefined, 2)}\n`)
  console.log(`Wrote ${REPORT}.`)
})
