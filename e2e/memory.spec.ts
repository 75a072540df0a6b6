import { launchOptions } from '../playwright.config.ts'
import type { Playground } from './pages/playground.ts'
import { MEASURE_AT_ONCE, MemoryMeter, type Memory } from './support/memory.ts'
import { expect, test } from './support/test.ts'

// A trace keeps what it has seen of the page in the page.
test.use({ launchOptions: launchOptions('--disable-gpu', MEASURE_AT_ONCE), trace: 'off' })

const SWITCHES = 20
/** Half an hour on a robot has 4,500 (a chunk of 8 actions at 20 a second); what one leaves behind shows in this many. */
const QUERIES = 300
/** For a person who has the time: a run of at least this length, besides, judged by the page's objects. */
const MINUTES = Number(process.env.SPECPRUNE_MEMORY_MINUTES ?? 0)
/** Of the objects, one after another with a run between them: one run's records come and go, as React holds the last two. */
const READINGS = 3
/** Before the reference: until then the browser adds machine code for what runs often, which is no leak and stays. */
const WARM_UP_QUERIES = 200

/** Within a tenth of what was there before, everything that can be counted. */
function expectNoGrowth(before: Memory, after: Memory): void {
  const grown = (Object.keys(before) as (keyof Memory)[])
    .filter((what) => !(after[what] <= 1.1 * before[what]))
    .map((what) => `${what}: ${before[what]} before, ${after[what]} after`)
  expect(grown).toEqual([])
}

/** Runs the settings once more. @returns its queries */
async function runAgain(playground: Playground): Promise<number> {
  const { page } = playground
  // Watched in the page: a run can be over before a test has looked twice.
  await page.evaluate(() => {
    const ran = new Promise<void>((resolve) => {
      let running = false
      const observer = new MutationObserver(() => {
        const status = document.querySelector<HTMLElement>('[data-testid=run-progress]')?.dataset.status
        running ||= status === 'running'
        if (!running || status !== 'done') return
        observer.disconnect()
        resolve()
      })
      observer.observe(document.body, { subtree: true, childList: true, attributes: true })
    })
    Object.assign(window, { ran })
  })
  await playground.press('r')
  await page.evaluate(() => (window as unknown as { ran: Promise<void> }).ran)
  await playground.waitForLiveRun()
  return Number(/\d+/.exec(await playground.runProgress.innerText())?.[0])
}

async function openEpisode(playground: Playground, index: number): Promise<void> {
  await playground.episode(index).click()
  await expect(playground.episode(index)).toHaveAttribute('aria-current', 'true')
  await playground.waitForEpisode()
  await playground.waitForLiveRun()
}

test('switching between the episodes twenty times leaves nothing behind', async ({ playground, page }) => {
  test.setTimeout(test.info().timeout * 5)
  await playground.open({ fragment: 'v=1' })
  await playground.waitForLiveRun()
  const meter = await MemoryMeter.of(page)
  const count = await page.getByTestId(/^episode-object-\d+$/).count()
  expect(count).toBeGreaterThan(2)
  // The first round fetches, compiles, and fills what is kept of every episode that was tried.
  for (let index = 1; index <= count; index++) await openEpisode(playground, index % count)
  const before = await meter.read()
  for (let i = 1; i <= SWITCHES; i++) await openEpisode(playground, i % count)
  if (SWITCHES % count !== 0) await openEpisode(playground, 0)
  const after = await meter.read()
  test.info().annotations.push({ type: 'memory', description: JSON.stringify({ before, after }) })
  expectNoGrowth(before, after)
})

/** Opens the page with a query at every frame and a playing loop. @returns what runs the episode again and again, playing */
async function openLoop(playground: Playground): Promise<(least: number, minutes?: number) => Promise<number>> {
  await playground.open({ fragment: 'v=1&n=1' })
  await playground.waitForLiveRun()
  await playground.page.getByTestId('loop').click()
  await playground.setSpeed(4)
  return async (least, minutes = 0) => {
    const endMs = performance.now() + minutes * 60_000
    await playground.press('l')
    let queries = 0
    while (queries < least || performance.now() < endMs) queries += await runAgain(playground)
    await playground.press('k')
    return queries
  }
}

test(`${QUERIES} queries of live runs under a playing loop leave nothing behind`, async ({ playground, page }) => {
  test.setTimeout(test.info().timeout * 5)
  const runWhilePlaying = await openLoop(playground)
  const meter = await MemoryMeter.of(page)
  await runWhilePlaying(WARM_UP_QUERIES)
  const before = await meter.read()
  const queries = await runWhilePlaying(QUERIES)
  const after = await meter.read()
  test.info().annotations.push({ type: 'memory', description: JSON.stringify({ queries, before, after }) })
  expectNoGrowth(before, after)
})

if (MINUTES > 0) {
  test(`${MINUTES} minutes of live runs under a playing loop leave no objects behind`, async ({ playground, page }) => {
    test.setTimeout(test.info().timeout * 5 + MINUTES * 60_000)
    const runWhilePlaying = await openLoop(playground)
    const meter = await MemoryMeter.of(page)
    const least = async () => {
      const readings = [await meter.objectBytes()]
      while (readings.length < READINGS) {
        await runWhilePlaying(1)
        readings.push(await meter.objectBytes())
      }
      return Math.min(...readings)
    }
    await runWhilePlaying(WARM_UP_QUERIES)
    const before = await least()
    const queries = await runWhilePlaying(1, MINUTES)
    const after = await least()
    test.info().annotations.push({ type: 'memory', description: JSON.stringify({ queries, before, after }) })
    expect(after).toBeLessThan(1.1 * before)
  })
}
