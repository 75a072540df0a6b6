import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { manifestSchema } from '../../core/schema/manifest.ts'
import type { ModelFiles } from '../model.ts'
import type { LoadProgress } from '../protocol.ts'
import { fakeServer } from '../testing/fakeServer.ts'
import { TINY_MODEL } from '../testing/paths.ts'
import { SEGMENT_BYTES } from './downloadFile.ts'
import { LoadError } from './loadError.ts'
import { loadModel } from './loadModel.ts'
import { sha256Hex } from './sha256.ts'
import { createMemoryStore, type SegmentStore } from './segmentStore.ts'

const MANIFEST_URL = 'https://example.test/models/tiny/manifest.json'
/** Three full segments and a bit: large enough to break in the middle. */
const WEIGHT_BYTES = 3 * SEGMENT_BYTES + 1234

async function bigServer() {
  const weights = Uint8Array.from({ length: WEIGHT_BYTES }, (_, i) => (i * 31) & 255)
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(TINY_MODEL, 'manifest.json'), 'utf8')))
  manifest.weights.bytes = WEIGHT_BYTES
  manifest.weights.sha256 = await sha256Hex(weights)
  const text = new TextEncoder().encode(JSON.stringify(manifest))
  const server = fakeServer({ 'manifest.json': text, 'weights.bin': weights })
  return { ...server, weights, manifest }
}

async function failure(load: Promise<unknown>): Promise<LoadError> {
  const error = await load.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof LoadError)) throw new Error(`Expected a LoadError, got ${String(error)}`)
  return error
}

describe('loadModel', () => {
  let store: SegmentStore
  let server: Awaited<ReturnType<typeof bigServer>>
  beforeEach(async () => {
    store = createMemoryStore()
    server = await bigServer()
  })
  /** Byte by byte in native code; the matcher for equality takes seconds on so many. */
  const expectWeights = (files: ModelFiles) => expect(Buffer.compare(files.weights, server.weights)).toBe(0)
  const load = (options: { signal?: AbortSignal; onProgress?: (progress: LoadProgress) => void } = {}) =>
    loadModel({ manifestUrl: MANIFEST_URL, store, fetch: server.fetch, ...options })

  it('brings every file and reports bytes that only grow', async () => {
    const progress: LoadProgress[] = []
    const files = await load({ onProgress: (event) => progress.push(event) })
    expectWeights(files)
    expect(files.graphs.layers).toHaveLength(4)
    expect(files.golden.cases.length).toBeGreaterThan(0)
    const last = progress.at(-1)
    expect(last).toMatchObject({ phase: 'download', cachedBytes: 0 })
    expect(last?.loadedBytes).toBe(last?.totalBytes)
    expect(progress.every((event, i) => i === 0 || event.loadedBytes >= progress[i - 1].loadedBytes)).toBe(true)
  })

  it('takes everything from the store the second time, even offline', async () => {
    await load()
    server.faults.offline = true
    server.requests.length = 0
    const progress: LoadProgress[] = []
    const files = await load({ onProgress: (event) => progress.push(event) })
    expectWeights(files)
    expect(server.requests.map((request) => request.path)).toEqual(['manifest.json'])
    expect(progress.at(-1)?.cachedBytes).toBe(progress.at(-1)?.totalBytes)
  })

  it('fetches only the missing part after a break', async () => {
    server.faults.breakAfter = { path: 'weights.bin', bytes: 2.5 * SEGMENT_BYTES }
    const error = await failure(load())
    expect(error).toMatchObject({ code: 'network' })
    expect(error.message).toMatch(/weights\.bin broke off after 0\.7 MB of 0\.8 MB\. Load again to fetch the rest/)
    delete server.faults.breakAfter
    server.requests.length = 0
    const progress: LoadProgress[] = []
    const files = await load({ onProgress: (event) => progress.push(event) })
    expectWeights(files)
    const request = server.requests.find(({ path }) => path === 'weights.bin')
    expect(request).toMatchObject({ range: `bytes=${2 * SEGMENT_BYTES}-`, sentBytes: SEGMENT_BYTES + 1234 })
    expect(progress.at(-1)?.cachedBytes).toBeGreaterThanOrEqual(2 * SEGMENT_BYTES)
  })

  it('starts again when the server ignores Range', async () => {
    server.faults.breakAfter = { path: 'weights.bin', bytes: 2.5 * SEGMENT_BYTES }
    await failure(load())
    server.faults.breakAfter = undefined
    server.faults.ignoresRange = true
    server.requests.length = 0
    const files = await load()
    expectWeights(files)
    expect(server.requests.find(({ path }) => path === 'weights.bin')?.sentBytes).toBe(WEIGHT_BYTES)
  })

  it('names a corrupt file, forgets it, and loads well the next time', async () => {
    const bytes = server.weights.slice()
    bytes[700_000] ^= 1
    server.faults.replace = { path: 'weights.bin', bytes }
    const error = await failure(load())
    expect(error).toMatchObject({ code: 'hash' })
    expect(error.message).toMatch(/^weights\.bin is damaged/)
    expect(await store.readSegments(server.manifest.weights.sha256)).toEqual([])
    server.faults.replace = undefined
    expectWeights(await load())
  })

  it('brings the twin that the backend prefers, unless another storage is asked for', async () => {
    const twin = { ...server.manifest, id: 'twin' }
    const { fetch } = server
    const withTwin: typeof fetch = (input, init) => {
      const url = input instanceof Request ? input.url : input.toString()
      if (!url.endsWith('manifest.json')) return fetch(input, init)
      const variants = { int8: 'twin' }
      const own = { ...server.manifest, variants, preferredStorage: { wasm: 'int8' } }
      return Promise.resolve(Response.json(url.includes('/twin/') ? twin : own))
    }
    const idOf = async (options: { backend?: 'wasm' | 'webgpu'; storage?: 'fp16' | 'int8' }) =>
      (await loadModel({ manifestUrl: MANIFEST_URL, store, fetch: withTwin, ...options })).manifest.id
    expect(await idOf({ backend: 'wasm' })).toBe('twin')
    expect(await idOf({ backend: 'webgpu' })).toBe(server.manifest.id)
    expect(await idOf({ backend: 'wasm', storage: 'fp16' })).toBe(server.manifest.id)
    expect(await idOf({ backend: 'webgpu', storage: 'int8' })).toBe('twin')
    const none = loadModel({ manifestUrl: MANIFEST_URL, store, fetch: server.fetch, storage: 'int8' })
    expect(await failure(none)).toMatchObject({
      code: 'manifest',
      message: expect.stringContaining('no int8 twin') as string,
    })
  })

  it('refuses a file of the wrong length', async () => {
    server.faults.replace = { path: 'weights.bin', bytes: new Uint8Array(WEIGHT_BYTES + 1) }
    expect(await failure(load())).toMatchObject({ code: 'hash', message: expect.stringMatching(/longer/) as string })
    server.faults.replace = { path: 'weights.bin', bytes: new Uint8Array(10) }
    expect(await failure(load())).toMatchObject({ code: 'network' })
  })

  it('notices a piece that was damaged in the store', async () => {
    await load()
    await store.writeSegment(server.manifest.weights.sha256, 1, new Uint8Array(SEGMENT_BYTES))
    expect(await failure(load())).toMatchObject({ code: 'hash' })
    expectWeights(await load())
  })

  it('stops when it is cancelled and keeps what it has', async () => {
    const controller = new AbortController()
    const onProgress = (event: LoadProgress) => {
      if (event.loadedBytes > 2.4 * SEGMENT_BYTES) controller.abort()
    }
    expect(await failure(load({ signal: controller.signal, onProgress }))).toMatchObject({ code: 'cancelled' })
    expect((await store.readSegments(server.manifest.weights.sha256)).length).toBeGreaterThan(0)
    expectWeights(await load())
  })

  it('loads although nothing can be stored', async () => {
    const failures: LoadError[] = []
    store.writeSegment = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
    const files = await loadModel({
      manifestUrl: MANIFEST_URL,
      store,
      fetch: server.fetch,
      onStoreFailure: (error) => failures.push(error),
    })
    expectWeights(files)
    expect(failures.map((error) => error.message).join()).toMatch(/weights\.bin could not be stored/)
    expect(failures[0].code).toBe('quota')
  })

  it('explains a missing model, a missing file and a wrong manifest', async () => {
    server.faults.status = { path: 'manifest.json', status: 404 }
    expect((await failure(load())).message).toMatch(/no model at https:.*answered 404/)
    server.faults.status = { path: 'layer-02.onnx', status: 500 }
    expect(await failure(load())).toMatchObject({ code: 'http', message: expect.stringMatching(/layer-02/) as string })
    server.faults.status = undefined
    const replaceManifest = (change: Record<string, unknown>) => {
      const text = JSON.stringify({ ...server.manifest, ...change })
      server.faults.replace = { path: 'manifest.json', bytes: new TextEncoder().encode(text) }
    }
    replaceManifest({ version: 2 })
    expect((await failure(load())).message).toMatch(/version 2; this page reads 1/)
    replaceManifest({ weights: { ...server.manifest.weights, path: '../secret' } })
    expect((await failure(load())).message).toMatch(/weights\.path/)
    replaceManifest({ model: { ...server.manifest.model, layers: 5 } })
    expect((await failure(load())).message).toMatch(/4 layer graphs for 5 layers/)
    server.faults.replace = { path: 'manifest.json', bytes: new TextEncoder().encode('<html>') }
    expect(await failure(load())).toMatchObject({ code: 'manifest' })
    server.faults.offline = true
    expect(await failure(load())).toMatchObject({ code: 'network' })
  })
})
