import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DIST } from '../tools/dev/project.mjs'
import { HeldRequests } from './support/heldRequests.ts'
import { expect, test } from './support/test.ts'

/** Megabytes of everything that a model's manifest lists for pages; native code has graphs of its own. */
async function megabytesOf(model: string): Promise<string> {
  const text = await readFile(join(DIST, 'models', model, 'manifest.json'), 'utf8')
  let bytes = 0
  JSON.stringify(JSON.parse(text), (key, value: unknown) => {
    if (key === 'bytes') bytes += Number(value)
    return key === 'native' ? undefined : value
  })
  return (bytes / 1e6).toFixed(1)
}

/** A browser whose connection asks pages to save data: the page then asks before it downloads. */
function saveData(): void {
  Object.defineProperty(navigator, 'connection', { value: { saveData: true } })
}

for (const { storage, folder } of [
  { storage: undefined, folder: 'object-int8' },
  { storage: 'int8', folder: 'object-int8' },
  { storage: 'fp16', folder: 'object' },
]) {
  const address = storage === undefined ? 'an address without ?storage=' : `?storage=${storage}`
  test(`on the processor ${address} announces and fetches the weights of ${folder}`, async ({ playground, page }) => {
    await page.addInitScript(saveData)
    const weights = await HeldRequests.of(page, /\/models\/.*\/weights\.bin/)
    await playground.open({ model: undefined, ...(storage === undefined ? {} : { storage }) })

    const load = page.getByTestId('load-model')
    await expect(load).toHaveText(`Load ${await megabytesOf(folder)} MB`)
    expect(weights.urls, 'weights that were asked for before somebody said yes').toEqual([])
    await load.click()
    await expect.poll(() => weights.urls.map((url) => new URL(url).pathname)).toEqual([`/models/${folder}/weights.bin`])
  })
}

test('a storage that the model does not have is an error that says what to do', async ({ playground }) => {
  await playground.open({ model: 'tiny', storage: 'int8' })
  await expect(playground.modelError).toContainText('"tiny" has no int8 twin; open it without ?storage=int8')
})
