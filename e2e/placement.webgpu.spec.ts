import { GpuLab } from './support/gpuLab.ts'
import { PATIENCE } from './support/patience.ts'
import { expect, test } from './support/test.ts'

/** The page's own policy is only placed here, never run. */
for (const model of ['tiny', 'object']) {
  test(`every node of every graph of "${model}" runs on the GPU`, async ({ page }, testInfo) => {
    testInfo.setTimeout(240_000 * PATIENCE)
    const placements = await (await GpuLab.open(page)).placementsOf(model)
    const graphs = placements.map(({ graph }) => graph)
    expect(graphs).toEqual(expect.arrayContaining(['dense', 'embed', 'layer 1', 'head', 'fused', 'reuse 1']))
    const elsewhere = placements.filter(({ nodes }) => Object.keys(nodes).join() !== 'WebGpuExecutionProvider')
    expect(elsewhere, 'graphs with nodes on the processor').toEqual([])
    for (const { graph, nodes } of placements) expect(nodes.WebGpuExecutionProvider, graph).toBeGreaterThan(0)
  })
}

test('the captured dense graph says what the graph says without capture, whatever the order of the observations', async ({
  page,
}, testInfo) => {
  testInfo.setTimeout(240_000 * PATIENCE)
  const { report, queries } = await (await GpuLab.open(page)).compareDenseCapture('tiny')
  expect(report).toEqual({ status: 'on' })
  expect(queries).toHaveLength(5)
  for (const { difference, largest } of queries) {
    expect(difference).toBeLessThanOrEqual(1e-6)
    // A chunk of zeros would agree with anything that did not run.
    expect(largest).toBeGreaterThan(1e-3)
  }
})

test('the captured fused graph keeps the tokens and gives the chunk of the graph without capture', async ({
  page,
}, testInfo) => {
  testInfo.setTimeout(240_000 * PATIENCE)
  const lab = await GpuLab.open(page)
  const { report, queries } = await lab.compareFusedCapture('tiny', 'specprune:paper-v3:staticCount=170', 8)
  expect(report).toEqual({ status: 'on' })
  expect(queries).toHaveLength(8)
  expect(queries.filter(({ captured }) => captured).length).toBeGreaterThanOrEqual(4)
  for (const { sameTokens, difference } of queries) {
    expect(sameTokens).toBe(true)
    expect(difference).toBeLessThanOrEqual(1e-6)
  }
})
