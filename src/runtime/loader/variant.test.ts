import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../core/schema/manifest.ts'
import type { LoadProgress } from '../protocol.ts'
import { TINY_MODEL } from '../testing/paths.ts'
import { loadModel } from './loadModel.ts'
import { parseManifest } from './modelFormat.ts'
import { createMemoryStore } from './segmentStore.ts'
import { downloadSize, type VariantWish } from './variant.ts'

const MODELS = dirname(TINY_MODEL)

/** A manifest as it is served with the page. */
const readManifest = async (model: string): Promise<Manifest> =>
  parseManifest(await readFile(join(MODELS, model, 'manifest.json'), 'utf8'))

/** Serves the models of this page, and tells what was fetched. */
function modelServer() {
  const fetched: string[] = []
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    const folder = basename(dirname(pathname))
    fetched.push(`${folder}/${basename(pathname)}`)
    return new Response(await readFile(join(MODELS, folder, basename(pathname))))
  }
  return { fetch, fetched }
}

/** What the loader downloads, by its own count. */
async function downloaded(wish: VariantWish): Promise<{ bytes: number; weights: string[] }> {
  const { fetch, fetched } = modelServer()
  const progress: LoadProgress[] = []
  await loadModel({
    manifestUrl: 'https://example.test/models/object/manifest.json',
    store: createMemoryStore(),
    fetch,
    onProgress: (event) => progress.push(event),
    ...wish,
  })
  return { bytes: progress.at(-1)?.loadedBytes ?? 0, weights: fetched.filter((path) => path.endsWith('.bin')) }
}

describe('the size that is announced before a download', () => {
  it.each<[string, VariantWish, string]>([
    ['the twin that the processor prefers', { backend: 'wasm' }, 'object-int8/weights.bin'],
    ['the model itself on a GPU', { backend: 'webgpu' }, 'object/weights.bin'],
    ['?storage=fp16 on the processor', { backend: 'wasm-threads', storage: 'fp16' }, 'object/weights.bin'],
    ['?storage=int8 on a GPU', { backend: 'webgpu', storage: 'int8' }, 'object-int8/weights.bin'],
  ])('is what the loader then downloads: %s', async (_, wish, weights) => {
    const announced = await downloadSize('object', readManifest, wish)
    expect(await downloaded(wish)).toEqual({ bytes: announced, weights: [weights] })
  })

  it('is smaller for the twin', async () => {
    const size = (wish: VariantWish) => downloadSize('object', readManifest, wish)
    expect(await size({ backend: 'wasm' })).toBeLessThan(0.7 * (await size({ backend: 'webgpu' })))
  })

  it('explains a storage that the model does not have', async () => {
    const size = downloadSize('tiny', readManifest, { backend: 'wasm', storage: 'int8' })
    await expect(size).rejects.toMatchObject({
      code: 'manifest',
      message: expect.stringContaining('"tiny" has no int8 twin') as string,
    })
  })
})
