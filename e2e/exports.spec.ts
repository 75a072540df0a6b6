import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Playground } from './pages/playground.ts'
import { csvRows, dropFile, savedFile } from './support/files.ts'
import { HeldRequests } from './support/heldRequests.ts'
import { expect, test } from './support/test.ts'

const CHARTS = ['Latency per query', 'Agreement with dense', 'Tokens per layer', 'Action-aware controller']

/** The fields of a downloaded run that the tables are checked against. */
interface SavedRun {
  seed: number
  model: { id: string; weightsSha256: string; layers: number }
  queries: { step: number; latencyMs: number; tokensPerLayer: number[] }[]
}

/** A figure as text that a person can compare: one element a line, and each image as the hash of its bytes. */
function readableSvg(svg: string): string {
  return svg
    .replaceAll(/data:image\/png;base64,([A-Za-z0-9+/=]+)/g, (_, base64: string) => {
      const bytes = Buffer.from(base64, 'base64')
      return `png-sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`
    })
    .replaceAll('><', '>\n<')
}

test('the figure of a recorded run is an SVG of text and lines: the token overlay of each level', async ({
  playground,
  page,
}) => {
  // What was recorded with the page's own policy is the same on every machine; no weights are needed for it.
  await HeldRequests.of(page, /\/models\/.*\.(bin|onnx)/)
  await playground.open({ model: undefined, fragment: 'v=1&f=30&tab=export' })
  await expect(playground.camera('front')).toHaveAttribute('data-origin', 'recorded')
  const kept = (await playground.keptTokens('front')) + (await playground.keptTokens('wrist'))
  const { name, bytes } = await savedFile(page, () => page.getByTestId('export-svg').click())
  expect(name).toMatch(/^specprune-object-0\.svg$/)
  const svg = bytes.toString('utf8')
  // What the last level says is what the cameras show.
  expect(svg).toContain(`>${kept} of 512 tokens</text>`)
  expect(svg).toContain('recorded on')
  expect(readableSvg(svg)).toMatchSnapshot('figure.svg.txt')
})

test('a figure saved as PNG or SVG opens its view again when it is dropped on the page', async ({
  playground,
  page,
  browser,
  problems,
  baseURL,
}) => {
  await playground.open({ fragment: 'v=1&e=1&tab=export' })
  await playground.waitForLiveRun()
  await playground.setSlider('globalTokens', 5)
  await playground.press('2')
  await playground.waitForLiveRun()
  await playground.goToFrame(24)
  const png = await savedFile(page, () => page.getByTestId('export-png').click())
  const svg = await savedFile(page, () => page.getByTestId('export-svg').click())
  expect(png.bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
  const pictures = await playground.pictures()

  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
  problems.watch(context)
  const theirs = new Playground(await context.newPage())
  for (const { name, type, bytes } of [
    { ...png, type: 'image/png' },
    { ...svg, type: 'image/svg+xml' },
  ]) {
    await theirs.open({ fragment: 'v=1&e=0&f=3' })
    await dropFile(theirs.page, name, type, bytes)
    await expect(theirs.episode(1)).toHaveAttribute('aria-current', 'true')
    await theirs.waitForLiveRun()
    await theirs.expectFrame(24)
    await expect(theirs.parameter('globalTokens')).toHaveAttribute('aria-valuenow', '5')
    await expect(theirs.page.getByRole('radio', { name: 'Survival depth' })).toBeChecked()
    await expect.poll(() => theirs.pictures()).toBe(pictures)
  }

  // Another picture is told apart, and the view stays.
  const canvas = await theirs.page.evaluate(() => document.createElement('canvas').toDataURL().split(',')[1])
  await dropFile(theirs.page, 'holiday.png', 'image/png', Buffer.from(canvas, 'base64'))
  await expect(theirs.page.getByTestId('notice-figure')).toContainText('holiday.png was not exported from this page')
  await theirs.expectFrame(24)
  await context.close()
})

test('the numbers of a run are saved as CSV and agree with the run’s own file', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  // Every chart gives the table that it shows.
  for (const title of CHARTS) {
    const chart = playground.chart(title)
    await chart.getByText('Table', { exact: true }).click()
    const { name, bytes } = await savedFile(page, () => chart.getByRole('button', { name: 'Download CSV' }).click())
    const [heading, ...rows] = csvRows(bytes)
    expect(name).toMatch(/\.csv$/)
    const shown = await chart.getByRole('columnheader').allInnerTexts()
    expect(shown, title).toEqual(expect.arrayContaining(heading))
    await expect(chart.getByRole('row')).toHaveCount(rows.length + 1)
  }

  await page.getByTestId('tab-export').click()
  const save = (name: string | RegExp) => savedFile(page, () => page.getByRole('button', { name }).click())
  const run = JSON.parse((await save('The whole run, JSON')).bytes.toString('utf8')) as SavedRun
  const [columns, ...rows] = csvRows((await save(/^Latency, agreement and controller/)).bytes)
  expect(rows.map((row) => Number(row[columns.indexOf('frame')]))).toEqual(run.queries.map(({ step }) => step))
  expect(rows.map((row) => Number(row[columns.indexOf('latency_ms')]))).toEqual(
    run.queries.map(({ latencyMs }) => latencyMs),
  )
  const [tokenColumns, ...tokens] = csvRows((await save(/^Tokens per layer/)).bytes)
  expect(tokenColumns).toEqual(['frame', 'layer', 'visual_tokens'])
  expect(tokens.map((row) => Number(row[2]))).toEqual(run.queries.flatMap(({ tokensPerLayer }) => tokensPerLayer))
  expect(tokens).toHaveLength(run.queries.length * run.model.layers)
})

test('a paper gets tables, a methods sentence and citations with every version', async ({ playground, page }) => {
  await playground.open({ fragment: 'v=1&f=30' })
  await playground.waitForLiveRun()
  await playground.setSlider('localTokens', 3)
  await playground.waitForLiveRun()
  await page.getByTestId('tab-export').click()
  const text = (title: string) => page.getByRole('textbox', { name: title }).inputValue()

  const markdown = (await text('Settings tried, Markdown')).trim().split('\n')
  expect(markdown[0]).toBe('| Setting | Budget | Latency p50 (ms) | Distance (mm) | Gripper agrees | Queries |')
  // One row for each setting: no other policy's run is among them.
  const settings = markdown.slice(2).map((line) => line.split(' | ')[0])
  expect(settings.length).toBeGreaterThanOrEqual(2)
  expect(new Set(settings).size).toBe(settings.length)
  const changed = markdown.find((line) => /Local.* 3 \|/.test(line))
  expect(changed).toMatch(/ \| [\d.]+ % \| [\d.]+ \| [\d.]+ \| [\d.]+ % \| \d+ \|$/)

  const latex = await text('Settings tried, LaTeX')
  expect(latex).toContain('\\begin{tabular}{lrrrrr}')
  expect(latex.match(/ \\\\$/gm)).toHaveLength(settings.length + 1)
  const budget = changed?.split(' | ')[1].replace('%', '\\%')
  expect(latex).toContain(` & ${budget} & `)

  const saved = await savedFile(page, () => page.getByRole('button', { name: 'The whole run, JSON' }).click())
  const run = JSON.parse(saved.bytes.toString('utf8')) as SavedRun
  const methods = await text('Methods sentence')
  expect(methods).toContain(`weights SHA-256 ${run.model.weightsSha256.slice(0, 8)}`)
  expect(methods).toContain(`seed ${run.seed}`)
  expect(methods).toMatch(/with SpecPrune Playground \d+\.\d+\.\d+/)
  expect(methods).toContain('it is not task success')
  const bibtex = await text('BibTeX')
  expect(bibtex).toMatch(/@software\{specprune_playground,[\s\S]*version = \{\d+\.\d+\.\d+/)
  expect(bibtex).toMatch(/@misc\{specprune,[\s\S]*eprint = \{2509\.05614\}/)

  const sentence = page.getByRole('textbox', { name: 'Methods sentence' })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.locator('section').filter({ has: sentence }).last().getByRole('button', { name: 'Copy' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(methods)
})

test('the report is one HTML file with figure, tables, methods and citations, and needs no network', async ({
  playground,
  page,
  context,
}) => {
  await playground.open({ fragment: 'v=1&f=30&tab=export' })
  await playground.waitForLiveRun()
  const queries = Number(/\d+/.exec(await playground.runProgress.innerText())?.[0])
  const methods = await page.getByRole('textbox', { name: 'Methods sentence' }).inputValue()
  const { name, bytes } = await savedFile(page, () => page.getByTestId('export-html').click())
  expect(name).toMatch(/\.html$/)

  const report = await context.newPage()
  const asked: string[] = []
  report.on('request', (request) => asked.push(request.url()))
  await report.setContent(bytes.toString('utf8'))
  await expect(report.getByRole('heading', { level: 1 })).toContainText('SpecPrune')
  await expect(
    report
      .locator('svg text')
      .filter({ hasText: /of 512 tokens|of \d+ tokens/ })
      .first(),
  ).toBeVisible()
  await expect(report.getByRole('table').last().getByRole('row')).toHaveCount(queries + 1)
  await expect(report.getByText(methods)).toBeVisible()
  await expect(report.locator('pre')).toContainText('2509.05614')
  const link = await report.getByRole('link', { name: 'Open this view' }).getAttribute('href')
  expect(link).toContain('f=30')
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([])
  await report.close()
})

test('a result file dropped on the page opens in the Results tab, and its table is saved', async ({
  playground,
  page,
}) => {
  const content = await readFile('public/results/main-presets.json', 'utf8')
  const result = JSON.parse(content) as { title: string; methods: { label: string }[]; suites: Record<string, unknown> }
  await playground.open()
  await dropFile(page, 'main-presets.json', 'application/json', content)

  await expect(page.getByTestId('tab-results')).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByTestId('result-choice').locator('option:checked')).toHaveText(`${result.title} (your file)`)
  const table = page.getByTestId('results-table')
  await expect(table.getByRole('rowheader')).toHaveText(result.methods.map(({ label }) => label))

  const save = (name: string) => savedFile(page, () => page.getByRole('button', { name, exact: true }).click())
  const csv = await save('Table as CSV')
  expect(csv.name).toMatch(/^main-presets.*\.csv$/)
  const labels = csvRows(csv.bytes)
    .slice(1)
    .map(([, label]) => label)
  expect(labels).toEqual(result.methods.map(({ label }) => label))
  expect((await save('Markdown')).bytes.toString('utf8').trim().split('\n')).toHaveLength(result.methods.length + 2)
  expect((await save('LaTeX')).bytes.toString('utf8')).toContain('\\bottomrule')
  const figure = (await save('Figure as SVG')).bytes.toString('utf8')
  expect(figure).toMatch(/^<svg[\s\S]*<text[\s\S]*Success, %/)
  expect(figure).not.toContain('var(--')

  // It is still there after a look at another tab.
  await page.getByTestId('tab-charts').click()
  await page.getByTestId('tab-results').click()
  await expect(page.getByTestId('result-choice').locator('option:checked')).toContainText('(your file)')

  // What is no result says what is wrong with it, and what the page opens.
  await dropFile(page, 'cut.json', 'application/json', content.slice(0, 200))
  await expect(page.getByTestId('results').getByRole('alert')).toContainText('cut.json')
  await dropFile(page, 'notes.txt', 'text/plain', 'hello')
  await expect(page.getByTestId('notice-dropped-file')).toContainText('notes.txt')
})
