// `npm start`: from a fresh clone to a page in one command.
import './node-version.mjs'
import { build, ensureInstalled, isBuilt } from './project.mjs'
import { fail, readServeOptions, serve } from './serve.mjs'

const HELP = `npm start [-- options]

Installs the dependencies if needed, builds the page if needed, and serves it.

  --port N     listen on port N (default: the first free port from 4173)
  --host NAME  listen on another address (default 127.0.0.1). Browsers give WebGPU and
               wasm threads only to https and to this machine's own address.
  --help       show this text`

async function start() {
  const options = readServeOptions()
  if (options.help) return console.log(HELP)
  if (!(await ensureInstalled())) process.exit(1)
  if (!isBuilt()) {
    console.log('Building the page ...')
    if ((await build()) !== 0) throw new Error('The build failed (see above).')
  }
  await serve(options)
}

start().catch(fail)
