// Serves dist as it is: for `npm run preview` and the end-to-end tests, which build by themselves.
import './node-version.mjs'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as util from 'node:util'
import { DIST } from './project.mjs'
import { createStaticServer, listenOnFreePort } from './server.mjs'

/** Vite's port for previews; the next free one is taken if it is in use. */
const FIRST_PORT = 4173

/**
 * The port and address to listen on, from the command line.
 * @returns {{ host: string, port: number | undefined, help: boolean }} port is undefined where any free one will do
 */
export function readServeOptions(args = process.argv.slice(2)) {
  const { values } = util.parseArgs({
    args,
    options: {
      port: { type: 'string', short: 'p' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { host, help } = values
  if (values.port === undefined) return { host, help, port: undefined }
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`--port takes a whole number from 1 to 65535, not "${values.port}".`)
  }
  return { host, help, port }
}

/**
 * Serves dist until the process ends.
 * @param {{ host: string, port: number | undefined }} options
 */
export async function serve({ host, port }) {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('There is no build to serve. Run: npm run build')
  const server = createStaticServer(DIST)
  const used = await listenOnFreePort(server, {
    host,
    firstPort: port === undefined ? FIRST_PORT : port,
    attempts: port === undefined ? 100 : 1,
  })
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${used}/`
  console.log(`\n  SpecPrune Playground is at\n\n    ${address}\n\n  Press Ctrl+C to stop.\n`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
}

/**
 * Prints an error as a sentence and ends.
 * @param {unknown} error
 */
export function fail(error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

if (process.argv[1] !== undefined && process.argv[1].endsWith('serve.mjs')) {
  Promise.resolve()
    .then(() => serve(readServeOptions()))
    .catch(fail)
}
