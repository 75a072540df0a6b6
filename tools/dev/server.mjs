import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

/** @type {Record<string, string>} */
const MIME_TYPES = {
  '.bin': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.parquet': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'text/xml; charset=utf-8',
}

/** Sent with every answer: a worker's script and the wasm threads need them as much as the page. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** Texts, which every host compresses. Runtimes are left as they are: on the way to this machine nothing is gained by it. */
const COMPRESSED = new Set([
  '.css',
  '.html',
  '.js',
  '.json',
  '.jsonl',
  '.md',
  '.mjs',
  '.svg',
  '.txt',
  '.webmanifest',
  '.xml',
])

const gzip = promisify(zlib.gzip)

/**
 * Whether a browser takes gzip.
 * @param {string | string[] | undefined} header `Accept-Encoding`
 */
export function acceptsGzip(header) {
  const match = /(?:^|,)\s*gzip\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)/i.exec(String(header))
  return match !== null && Number(match[1] === undefined ? 1 : match[1]) > 0
}

/**
 * Reads a `Range` header that asks for one range of bytes.
 * @param {string | undefined} header
 * @param {number} size of the file
 * @returns {{ start: number, end: number } | 'whole' | 'unsatisfiable'} `end` is inclusive. Anything but one range of
 *   bytes is answered with the whole file, which the standard allows.
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header || '')
  if (match === null || (match[1] === '' && match[2] === '')) return 'whole'
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(match[1])
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (start >= size) return 'unsatisfiable'
  return end < start ? 'whole' : { start, end }
}

/**
 * @param {string} folder
 * @param {string} url of a request
 * @returns {string | undefined} the file that it names; undefined if it is malformed or leaves the folder
 */
export function resolvePath(folder, url) {
  let path
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch {
    return undefined
  }
  if (path.includes('\0')) return undefined
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path))
  return file.startsWith(normalize(folder + sep)) ? file : undefined
}

/**
 * Compressed files by entity tag and path; each is compressed once.
 * @typedef {Map<string, Promise<Buffer>>} CompressedFiles
 */

/**
 * A server of static files, with the headers that isolate the page, byte ranges (downloads resume), entity tags, and gzip
 * for texts.
 * @param {string} folder
 */
export function createStaticServer(folder) {
  /** @type {CompressedFiles} */
  const compressed = new Map()
  return createServer((request, response) => {
    answer(folder, compressed, request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500, ISOLATION)
      response.end()
      console.error(error)
    })
  })
}

/**
 * @param {string} folder
 * @param {CompressedFiles} compressed
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(folder, compressed, request, response) {
  /** @param {number} status @param {string} text */
  const refuse = (status, text) => {
    response.writeHead(status, { ...ISOLATION, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET and HEAD are answered here.')
  const file = resolvePath(folder, request.url || '/')
  if (file === undefined) return refuse(400, 'Bad address.')
  const status = await stat(file).catch(() => undefined)
  if (status === undefined || !status.isFile()) return refuse(404, 'There is no such file.')

  const extension = extname(file).toLowerCase()
  const isText = COMPRESSED.has(extension)
  // A part is a part of the file itself, so only whole answers are compressed.
  const isCompressed =
    isText && request.headers.range === undefined && acceptsGzip(request.headers['accept-encoding']) && status.size > 0
  const version = `${status.size.toString(36)}-${Math.trunc(status.mtimeMs).toString(36)}`
  // The tag names the bytes that are sent: what was begun compressed must not be continued with bytes of the file.
  const tag = isCompressed ? `"${version}-gzip"` : `"${version}"`
  /** @type {Record<string, string>} */
  const headers = {
    ...ISOLATION,
    'Content-Type': MIME_TYPES[extension] || 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    // Vite puts a hash of the content into the names below assets/; everything else is asked for again.
    'Cache-Control': file.startsWith(join(folder, 'assets') + sep) ? 'max-age=31536000, immutable' : 'no-cache',
  }
  if (isText) headers.Vary = 'Accept-Encoding'
  if (request.headers['if-none-match'] === tag) return void response.writeHead(304, headers).end()

  if (isCompressed) {
    const key = `${tag} ${file}`
    const bytes = compressed.get(key) || readFile(file).then((content) => gzip(content))
    compressed.set(key, bytes)
    const body = await bytes.catch((error) => {
      compressed.delete(key)
      throw error
    })
    response.writeHead(200, { ...headers, 'Content-Encoding': 'gzip', 'Content-Length': body.length })
    return void response.end(request.method === 'HEAD' ? undefined : body)
  }

  // A file that changed since the first part was fetched must not be continued.
  const ifRange = request.headers['if-range']
  const range =
    ifRange === undefined || ifRange === tag
      ? parseRange(request.headers.range, status.size)
      : /** @type {const} */ ('whole')
  if (range === 'unsatisfiable') {
    return void response.writeHead(416, { ...headers, 'Content-Range': `bytes */${status.size}` }).end()
  }
  if (range === 'whole') {
    response.writeHead(200, { ...headers, 'Content-Length': status.size })
  } else {
    response.writeHead(206, {
      ...headers,
      'Content-Length': range.end - range.start + 1,
      'Content-Range': `bytes ${range.start}-${range.end}/${status.size}`,
    })
  }
  if (request.method === 'HEAD' || status.size === 0) return void response.end()
  const stream = createReadStream(file, range === 'whole' ? {} : range)
  stream.on('error', () => response.destroy())
  // A reader that goes away (a cancelled download) must not leave the file open.
  response.on('close', () => stream.destroy())
  stream.pipe(response)
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {string} host
 * @returns {Promise<void>} rejects with the system's error (its `code` is EADDRINUSE where the port is taken)
 */
function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Starts a server on the first free port.
 * @param {import('node:http').Server} server
 * @param {{ host: string, firstPort: number, attempts: number }} options one attempt: this port or none
 * @returns {Promise<number>} the port
 */
export async function listenOnFreePort(server, { host, firstPort, attempts }) {
  for (let port = firstPort; ; port++) {
    try {
      await listen(server, port, host)
      return port
    } catch (error) {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code
      if (code !== 'EADDRINUSE') throw error
      if (port + 1 >= firstPort + attempts) {
        throw new Error(
          attempts === 1
            ? `Port ${port} is in use by another program. Choose another: npm start -- --port ${port + 1}`
            : `Ports ${firstPort} to ${port} are all in use. Choose one: npm start -- --port N`,
          { cause: error },
        )
      }
    }
  }
}
