import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DIST } from '../tools/dev/project.mjs'
import { createStaticServer, listenOnFreePort } from '../tools/dev/server.mjs'
import { MODEL_TIMEOUT_MS, Playground } from './pages/playground.ts'
import { expect, test } from './support/test.ts'

test.use({ serviceWorkers: 'allow' })

/** Files of a build that another version of the page has in another form; the rest of the copy is linked. */
const VERSIONED = ['index.html', 'serviceWorker.js']
const TITLE = 'The page as it was published later'

/** A copy of the build that can be published anew. */
async function copyBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'specprune-build-'))
  for (const name of await readdir(DIST)) {
    if (VERSIONED.includes(name)) await cp(join(DIST, name), join(folder, name))
    else await symlink(join(DIST, name), join(folder, name))
  }
  return folder
}

/** Publishes a page with another title, and the service worker that a build of it would have. */
async function publish(folder: string): Promise<void> {
  const change = async (name: string, pattern: RegExp, replacement: string) => {
    const text = await readFile(join(folder, name), 'utf8')
    const changed = text.replace(pattern, replacement)
    expect(changed, name).not.toBe(text)
    await writeFile(join(folder, name), changed)
  }
  await change('index.html', /<title>.*<\/title>/, `<title>${TITLE}</title>`)
  const entry = /("revision":")[0-9a-f]+(","url":"index\.html")/
  await change('serviceWorker.js', entry, '$1later$2')
}

test('a new version is offered while the page is open, waits for other tabs, and then takes over', async ({
  playground,
  page,
  context,
}) => {
  const folder = await copyBuild()
  const server = createStaticServer(folder)
  const port = await listenOnFreePort(server, { host: '127.0.0.1', firstPort: 4873, attempts: 100 })
  const origin = `http://127.0.0.1:${port}`
  const notice = page.getByTestId('notice-update')
  try {
    await playground.open({ origin, fragment: 'v=1&f=9' })
    await expect(page.getByTestId('offline')).toHaveAttribute('data-status', 'ready', { timeout: MODEL_TIMEOUT_MS })
    await expect(notice, 'the first version is no news').toBeHidden()
    const beside = new Playground(await context.newPage())
    await beside.open({ origin })

    await publish(folder)
    // The browser looks for a newer version with every visit.
    await page.reload()
    await playground.waitForEpisode()
    await expect(page, 'the old version goes on').not.toHaveTitle(TITLE)
    await expect(notice).toContainText('A new version of this page is ready', { timeout: MODEL_TIMEOUT_MS })

    const open = notice.getByRole('button', { name: 'Open the new version' })
    await open.click()
    await expect(notice).toContainText('This page is open in another tab, which still uses the old version')
    await expect(page).not.toHaveTitle(TITLE)

    await beside.page.close()
    await open.click()
    await expect(page).toHaveTitle(TITLE)
    await playground.waitForEpisode()
    // The view was in the address.
    await playground.expectFrame(9)
    await expect(notice).toBeHidden()
  } finally {
    server.close()
    server.closeAllConnections()
    await rm(folder, { recursive: true })
  }
})
