import { GpuCounter } from './support/gpuCounts.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

/** SpecPrune with a fixed count, which fits into the fused graph. */
const FUSED = 'engine=fused&p.staticCount=170&ps=paper-v3&v=2'

/** A graphics processor that the processor imitates takes its time. */
const RUN_TIMEOUT_MS = 120_000 * PATIENCE

const QUERIES = 100

test('a fused query reads back once and makes no pipelines or buffers once it is warm; a lost GPU is opened again', async ({
  playground,
  page,
  problems,
}, testInfo) => {
  testInfo.setTimeout(5 * RUN_TIMEOUT_MS)
  const { runProgress } = playground
  const gpu = await GpuCounter.install(page)
  /** Opens another seed of the same method, as a pasted link does; the seed changes nothing that is counted. */
  const runAgain = async (seed: number, queries: number) => {
    const { reads } = await gpu.read()
    await page.evaluate((hash) => (window.location.hash = hash), `${FUSED}&s=${seed}`)
    const enough = async () => (await gpu.read()).reads >= reads + queries
    await expect.poll(enough, { timeout: RUN_TIMEOUT_MS }).toBe(true)
    await expect(runProgress).toHaveAttribute('data-status', 'done', { timeout: RUN_TIMEOUT_MS })
  }

  await playground.open({ backend: 'webgpu', fragment: FUSED })
  await expect(runProgress).toHaveAttribute('data-status', 'done', { timeout: 2 * RUN_TIMEOUT_MS })
  await expect(playground.originBadge).toContainText('Live · WebGPU')
  await expect(page.getByTestId('engine-badge')).toHaveAttribute('data-engine', 'fused')
  const queries = Number.parseInt(await runProgress.innerText(), 10)

  // The first run also ran the dense policy at its frames; only the second is like all that follow, and makes what they use.
  await runAgain(1, queries)
  const warm = await gpu.read()
  const runs = Math.ceil(QUERIES / queries)
  for (let seed = 2; seed < 2 + runs; seed++) await runAgain(seed, queries)
  const after = await gpu.read()
  expect(after.reads - warm.reads, 'read-backs').toBe(runs * queries)
  expect(after.pipelines - warm.pipelines, 'pipelines').toBe(0)
  expect(after.buffers - warm.buffers, 'buffers').toBeLessThanOrEqual(0)
  expect(after.bufferBytes - warm.bufferBytes, 'bytes of the buffers').toBeLessThanOrEqual(0)

  problems.expect(/[Dd]evice|GPU|[Bb]uffer/)
  await gpu.loseDevice()
  await page.evaluate((hash) => (window.location.hash = hash), FUSED)
  await expect(page.getByTestId('backend-note')).toContainText('It was opened again', { timeout: RUN_TIMEOUT_MS })
  await expect(runProgress).toHaveAttribute('data-status', 'done', { timeout: 2 * RUN_TIMEOUT_MS })
  await expect(playground.originBadge).toContainText('Live · WebGPU')
  await expect(page.getByTestId('engine-badge')).toHaveAttribute('data-engine', 'fused')
})
