import { type Browser, chromium } from '@playwright/test'
import { ensureChromium, launchArguments } from './chromium.mjs'
import { DIST, run } from './project.mjs'
import { createStaticServer, listenOnFreePort } from './server.mjs'

/** The built page on a server of its own, and a browser to look at it. */
export interface BuiltPage {
  browser: Browser
  origin: string
}

/** Serves `dist` and opens a browser for as long as `work` takes. */
export async function withBuiltPage(work: (built: BuiltPage) => Promise<void>): Promise<void> {
  const server = createStaticServer(DIST)
  const port = await listenOnFreePort(server, { host: '127.0.0.1', firstPort: 4573, attempts: 100 })
  const { path } = await ensureChromium(run)
  const browser = await chromium.launch({ executablePath: path, args: launchArguments() })
  try {
    await work({ browser, origin: `http://127.0.0.1:${port}` })
  } finally {
    await browser.close()
    server.close()
  }
}
