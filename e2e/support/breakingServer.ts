import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DIST } from '../../tools/dev/project.mjs'
import { createStaticServer, listenOnFreePort, parseRange } from '../../tools/dev/server.mjs'

const MODEL = '/models/tiny'
/** The tiny weights with zeros after them, which no graph refers to: long enough to break off in the middle. */
const PADDED_BYTES = 4_000_000

/** One request for the weights. */
export interface WeightsRequest {
  /** The `Range` header. */
  range: string | undefined
  /** Bytes of the body that were sent. */
  sentBytes: number
}

/** The built page on a server whose connection breaks while it sends the weights. */
export interface BreakingServer {
  origin: string
  totalBytes: number
  requests: readonly WeightsRequest[]
  /** Requests of other files of the model, by name. */
  otherFiles: readonly string[]
  close(): void
}

/**
 * Serves the build with weights of {@link PADDED_BYTES}.
 * @param breakAfterBytes the first answer ends after this many bytes; later ones are whole
 */
export async function startBreakingServer(breakAfterBytes: number): Promise<BreakingServer> {
  const weights = Buffer.alloc(PADDED_BYTES)
  const original = await readFile(join(DIST, MODEL, 'weights.bin'))
  original.copy(weights)
  const manifest = JSON.parse(await readFile(join(DIST, MODEL, 'manifest.json'), 'utf8')) as { weights: object }
  const sha256 = createHash('sha256').update(weights).digest('hex')
  manifest.weights = { ...manifest.weights, bytes: weights.length, sha256 }

  const requests: WeightsRequest[] = []
  const otherFiles: string[] = []
  const server = createStaticServer(DIST)
  const [serveFile] = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '')
    if (path === `${MODEL}/manifest.json`) {
      sendJson(response, manifest)
    } else if (path === `${MODEL}/weights.bin`) {
      sendWeights(request, response)
    } else {
      if (path.startsWith(`${MODEL}/`)) otherFiles.push(path.slice(MODEL.length + 1))
      serveFile(request, response)
    }
  })

  function sendWeights(request: IncomingMessage, response: ServerResponse): void {
    const range = parseRange(request.headers.range, weights.length)
    if (range === 'unsatisfiable') return void response.writeHead(416, HEADERS).end()
    const { start, end } = range === 'whole' ? { start: 0, end: weights.length - 1 } : range
    const body = weights.subarray(start, end + 1)
    response.writeHead(range === 'whole' ? 200 : 206, {
      ...HEADERS,
      'Content-Length': body.length,
      ...(range === 'whole' ? {} : { 'Content-Range': `bytes ${start}-${end}/${weights.length}` }),
    })
    const breaks = requests.length === 0
    const sent = breaks ? body.subarray(0, breakAfterBytes) : body
    requests.push({ range: request.headers.range, sentBytes: sent.length })
    if (breaks) response.write(sent, () => setTimeout(() => response.destroy(), 500))
    else response.end(sent)
  }

  const port = await listenOnFreePort(server, { host: '127.0.0.1', firstPort: 4473, attempts: 100 })
  return {
    origin: `http://127.0.0.1:${port}`,
    totalBytes: weights.length,
    requests,
    otherFiles,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const HEADERS = {
  'Content-Type': 'application/octet-stream',
  'Accept-Ranges': 'bytes',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
