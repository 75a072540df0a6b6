import type { Manifest } from '../../core/schema/manifest.ts'
import type { ModelFiles } from '../model.ts'
import type { LoadProgress } from '../protocol.ts'
import { downloadFile, type DownloadContext } from './downloadFile.ts'
import { LoadError, throwIfCancelled } from './loadError.ts'
import { assembleModel, listFiles, parseManifest, type FileEntry } from './modelFormat.ts'
import type { SegmentStore } from './segmentStore.ts'
import { twinToLoad, type VariantWish } from './variant.ts'

export interface LoadModelOptions extends VariantWish {
  /** Absolute URL of `manifest.json`; the files lie beside it. */
  manifestUrl: string
  store: SegmentStore
  /** The global one unless a test brings its own. */
  fetch?: typeof globalThis.fetch
  signal?: AbortSignal
  onProgress?(progress: LoadProgress): void
  /** A file could not be kept for the next visit (storage full or forbidden); loading goes on. */
  onStoreFailure?(error: LoadError): void
}

/** Downloads at the same time; more only share the same line. */
const PARALLEL_DOWNLOADS = 4

/**
 * Loads a model: manifest, then every file, from the store where it is there. Works without a network when
 * everything is stored.
 * @throws LoadError with a message for people.
 */
export async function loadModel(options: LoadModelOptions): Promise<ModelFiles> {
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const chosen = await chooseVariant({ ...options, fetch })
  const { manifest, manifestUrl } = chosen
  const files = listFiles(manifest)
  const progress = new TotalProgress(files, options.onProgress)
  // One failed file stops the others.
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const contents = new Map<string, Uint8Array>()
  const context = (file: FileEntry): DownloadContext => ({
    store: options.store,
    fetch,
    signal,
    onProgress: (loaded, cached) => progress.update(file, loaded, cached),
    onStoreFailure: (cause) => options.onStoreFailure?.(describeStoreFailure(file, cause)),
  })
  const queue = [...files].reverse()
  const lane = async (): Promise<void> => {
    for (let file = queue.pop(); file; file = queue.pop()) {
      contents.set(file.path, await downloadFile(fileUrl(manifestUrl, file), file, context(file)))
    }
  }
  try {
    await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, lane))
  } catch (error) {
    failed.abort()
    throwIfCancelled(options.signal)
    throw error
  }
  return assembleModel(manifest, (path) => contents.get(path) ?? new Uint8Array())
}

/** The manifest of the model itself, or of its twin in the storage that was asked for or that the backend prefers. */
async function chooseVariant(
  options: LoadModelOptions & { fetch: typeof globalThis.fetch },
): Promise<{ manifest: Manifest; manifestUrl: string }> {
  const { manifestUrl } = options
  const manifest = await loadManifest(options)
  const twin = twinToLoad(manifest, options)
  if (twin === undefined) return { manifest, manifestUrl }
  const twinUrl = new URL(`../${twin}/manifest.json`, manifestUrl).href
  return { manifest: await loadManifest({ ...options, manifestUrl: twinUrl }), manifestUrl: twinUrl }
}

async function loadManifest(options: LoadModelOptions & { fetch: typeof globalThis.fetch }): Promise<Manifest> {
  const { manifestUrl, fetch, signal, store } = options
  throwIfCancelled(signal)
  let response: Response
  try {
    response = await fetch(manifestUrl, { signal, cache: 'no-cache' })
  } catch (cause) {
    throwIfCancelled(signal)
    const stored = await store.readText(manifestUrl).catch(() => undefined)
    if (stored !== undefined) return parseManifest(stored)
    throw new LoadError(
      'network',
      `The model's manifest could not be fetched from ${manifestUrl}. Is there a connection?`,
      { cause },
    )
  }
  if (!response.ok) {
    throw new LoadError('http', `There is no model at ${manifestUrl}: the server answered ${response.status}.`)
  }
  const text = await response.text()
  const manifest = parseManifest(text)
  await store.writeText(manifestUrl, text).catch(() => {})
  return manifest
}

function fileUrl(manifestUrl: string, file: FileEntry): string {
  return new URL(file.path, manifestUrl).href
}

function describeStoreFailure(file: FileEntry, cause: unknown): LoadError {
  return new LoadError('quota', `${file.path} could not be stored and will be downloaded again next time.`, { cause })
}

/** Sums the progress of all files. */
class TotalProgress {
  readonly #files = new Map<string, { loaded: number; cached: number }>()
  readonly #totalBytes: number
  readonly #report: LoadModelOptions['onProgress']

  constructor(files: readonly FileEntry[], report: LoadModelOptions['onProgress']) {
    this.#totalBytes = files.reduce((sum, file) => sum + file.bytes, 0)
    this.#report = report
  }

  update(file: FileEntry, loaded: number, cached: number): void {
    this.#files.set(file.path, { loaded, cached })
    let [loadedBytes, cachedBytes] = [0, 0]
    for (const entry of this.#files.values()) {
      loadedBytes += entry.loaded
      cachedBytes += entry.cached
    }
    this.#report?.({ phase: 'download', loadedBytes, totalBytes: this.#totalBytes, cachedBytes })
  }
}
