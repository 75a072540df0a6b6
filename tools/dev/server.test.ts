import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, get as httpGet, type IncomingMessage, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acceptsGzip, createStaticServer, listenOnFreePort, parseRange, resolvePath } from './server.mjs'

const HOST = '127.0.0.1'
const FIRST_PORT = 21_400

let folder: string
let origin: string
let port: number
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'specprune-serve-'))
  await mkdir(join(folder, 'site', 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'site', 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'site', 'weights.bin'), '0123456789')
  await writeFile(join(folder, 'site', 'empty.json'), '')
  await writeFile(join(folder, 'site', 'assets', 'page-1a2b.mjs'), 'export {}')
  server = createStaticServer(join(folder, 'site'))
  port = await listenOnFreePort(server, { host: HOST, firstPort: FIRST_PORT, attempts: 500 })
  origin = `http://${HOST}:${port}`
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${origin}${path}`, { headers })

/** An answer as it came over the line: `fetch` would unpack it. */
async function raw(path: string, headers: Record<string, string>) {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(`${origin}${path}`, { headers }, resolve).on('error', reject)
  })
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return { status: message.statusCode, headers: message.headers, body: Buffer.concat(parts) }
}

describe('static server', () => {
  it('isolates every answer, errors too', async () => {
    for (const path of ['/', '/assets/page-1a2b.mjs', '/nothing']) {
      const { headers } = await get(path)
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    }
  })

  it('names the types that browsers insist on', async () => {
    expect((await get('/')).headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect((await get('/assets/page-1a2b.mjs')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  it('sends the rest of a download that was broken off', async () => {
    const response = await get('/weights.bin', { Range: 'bytes=4-' })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe('bytes 4-9/10')
    expect(response.headers.get('content-length')).toBe('6')
    expect(await response.text()).toBe('456789')
  })

  it('starts over if the file changed in between', async () => {
    const tag = (await get('/weights.bin')).headers.get('etag') ?? ''
    expect((await get('/weights.bin', { Range: 'bytes=4-', 'If-Range': tag })).status).toBe(206)
    expect((await get('/weights.bin', { Range: 'bytes=4-', 'If-Range': '"older"' })).status).toBe(200)
  })

  it('refuses a range beyond the end', async () => {
    const response = await get('/weights.bin', { Range: 'bytes=10-' })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */10')
  })

  it('sends nothing again that the browser has', async () => {
    const tag = (await get('/weights.bin')).headers.get('etag') ?? ''
    expect((await get('/weights.bin', { 'If-None-Match': tag })).status).toBe(304)
  })

  it('compresses texts for browsers that take it, and says so to caches', async () => {
    const script = await raw('/assets/page-1a2b.mjs', { 'Accept-Encoding': 'gzip, deflate, br' })
    expect(script.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(script.body.length),
      vary: 'Accept-Encoding',
    })
    expect(gunzipSync(script.body).toString()).toBe('export {}')

    const plain = await raw('/assets/page-1a2b.mjs', { 'Accept-Encoding': 'gzip;q=0' })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.headers.vary).toBe('Accept-Encoding')
    expect(plain.headers.etag).not.toBe(script.headers.etag)
    expect(plain.body.toString()).toBe('export {}')
  })

  it('sends weights and parts of files as they are', async () => {
    const weights = await raw('/weights.bin', { 'Accept-Encoding': 'gzip' })
    expect(weights.headers['content-encoding']).toBeUndefined()
    expect(weights.body.toString()).toBe('0123456789')
    const part = await raw('/assets/page-1a2b.mjs', { 'Accept-Encoding': 'gzip', Range: 'bytes=7-' })
    expect([part.status, part.headers['content-encoding'], part.body.toString()]).toEqual([206, undefined, '{}'])
  })

  it('does not continue a compressed answer with bytes of the file', async () => {
    const { headers } = await raw('/assets/page-1a2b.mjs', { 'Accept-Encoding': 'gzip' })
    const rest = await raw('/assets/page-1a2b.mjs', { Range: 'bytes=7-', 'If-Range': headers.etag ?? '' })
    expect([rest.status, rest.body.toString()]).toEqual([200, 'export {}'])
  })

  it('sends a changed text anew', async () => {
    const address = '/changing.json'
    const read = async () => gunzipSync((await raw(address, { 'Accept-Encoding': 'gzip' })).body).toString()
    await writeFile(join(folder, 'site', 'changing.json'), '"first"')
    expect(await read()).toBe('"first"')
    await writeFile(join(folder, 'site', 'changing.json'), '"and second"')
    expect(await read()).toBe('"and second"')
  })

  it('serves an empty file', async () => {
    const response = await get('/empty.json')
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('does not leave its folder', async () => {
    // fetch would tidy the path away, so this speaks to the socket.
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, HOST, () => socket.end('GET /../secret.txt HTTP/1.0\r\n\r\n'))
      let text = ''
      socket.on('data', (part) => (text += part.toString()))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).not.toContain('secret')
    expect((await get('/%2e%2e%2fsecret.txt')).status).toBe(400)
    expect(resolvePath('/site', '/..%2fsecret')).toBeUndefined()
    expect(resolvePath('/site', '/%')).toBeUndefined()
  })

  it('takes the next port, or explains that the wanted one is taken', async () => {
    const second = createServer()
    expect(await listenOnFreePort(second, { host: HOST, firstPort: port, attempts: 500 })).toBeGreaterThan(port)
    second.close()
    await expect(listenOnFreePort(createServer(), { host: HOST, firstPort: port, attempts: 1 })).rejects.toThrow(
      `Port ${port} is in use by another program. Choose another: npm start -- --port ${port + 1}`,
    )
  })
})

describe('acceptsGzip', () => {
  it.each([
    ['gzip, deflate, br', true],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', true],
    ['gzip', true],
    ['gzip;q=0', false],
    ['br', false],
    ['x-gzip-not', false],
    [undefined, false],
  ])('%s: %s', (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected)
  })
})

describe('parseRange', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=0-4', { start: 0, end: 4 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=5-100', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-100', { start: 0, end: 9 }],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=4-2', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['lines=0-1', 'whole'],
  ])('reads %s', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected)
  })
})
