import { LoadError, throwIfCancelled } from './loadError.ts'
import type { FileEntry } from './modelFormat.ts'
import { sha256Hex } from './sha256.ts'
import type { SegmentStore } from './segmentStore.ts'

/** Pieces in which a file is stored; at most this much is fetched twice after a break. */
export const SEGMENT_BYTES = 256 * 1024

/** What a download needs from outside. */
export interface DownloadContext {
  store: SegmentStore
  fetch: typeof globalThis.fetch
  signal?: AbortSignal
  /** Bytes present of this file, and how many of them came from the store. */
  onProgress(loadedBytes: number, cachedBytes: number): void
  /** The store refused a piece; the download goes on without it. */
  onStoreFailure(error: unknown): void
}

/**
 * Brings one file into memory: stored pieces first, the rest over the network, verified by hash.
 * @throws LoadError that names the file. After a wrong hash nothing of the file stays in the store.
 */
export async function downloadFile(
  url: string,
  file: FileEntry,
  context: DownloadContext,
): Promise<Uint8Array<ArrayBuffer>> {
  const target = new FileTarget(file, context)
  await target.restore()
  if (target.loadedBytes < file.bytes) await fetchRest(url, file, target, context)
  throwIfCancelled(context.signal)
  if ((await sha256Hex(target.bytes)) !== file.sha256) {
    await context.store.dropFile(file.sha256)
    throw new LoadError('hash', `${file.path} is damaged or not the file that the model's manifest names. Load again.`)
  }
  return target.bytes
}

async function fetchRest(url: string, file: FileEntry, target: FileTarget, context: DownloadContext): Promise<void> {
  const response = await request(url, file, target.loadedBytes, context)
  // A server that ignores Range, or answers with another part, sends what must not be appended.
  if (target.loadedBytes > 0 && !continuesAt(response, target.loadedBytes)) {
    if (response.status === 206) throw new LoadError('http', `The server answered with a wrong part of ${file.path}.`)
    await target.restart()
  }
  if (!response.body) throw new LoadError('network', `${file.path} came without content.`)
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      await target.append(value)
    }
  } catch (cause) {
    throw describeFailure(cause, file, target.loadedBytes, context.signal)
  } finally {
    reader.cancel().catch(() => {})
  }
  if (target.loadedBytes < file.bytes) throw describeFailure(undefined, file, target.loadedBytes, context.signal)
  await target.finish()
}

async function request(url: string, file: FileEntry, offset: number, context: DownloadContext): Promise<Response> {
  const { fetch, signal } = context
  let response: Response
  try {
    // The store replaces the HTTP cache, which could hand out a file of an older manifest.
    response = await fetch(url, {
      signal,
      cache: 'no-store',
      ...(offset > 0 ? { headers: { Range: `bytes=${offset}-` } } : {}),
    })
  } catch (cause) {
    throw describeFailure(cause, file, offset, signal)
  }
  if (response.ok) return response
  // 416: the stored part is longer than the server's file.
  if (response.status === 416 && offset > 0) await context.store.dropFile(file.sha256)
  throw new LoadError('http', `${file.path} could not be fetched: the server answered ${response.status}.`)
}

function continuesAt(response: Response, offset: number): boolean {
  return response.status === 206 && (response.headers.get('Content-Range') ?? '').startsWith(`bytes ${offset}-`)
}

function describeFailure(cause: unknown, file: FileEntry, loadedBytes: number, signal?: AbortSignal): unknown {
  if (signal?.aborted) return new LoadError('cancelled', 'Loading was cancelled.', { cause })
  if (cause instanceof LoadError) return cause
  const got = loadedBytes > 0 ? ` after ${formatMegabytes(loadedBytes)} of ${formatMegabytes(file.bytes)}` : ''
  const hint = loadedBytes > 0 ? 'Load again to fetch the rest.' : 'Is there a connection?'
  return new LoadError('network', `The download of ${file.path} broke off${got}. ${hint}`, { cause })
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** A file as it grows: its bytes in memory, and full pieces in the store. */
class FileTarget {
  readonly bytes: Uint8Array<ArrayBuffer>
  loadedBytes = 0
  #cachedBytes = 0
  #storedSegments = 0
  #storeWorks = true
  readonly #file: FileEntry
  readonly #context: DownloadContext

  constructor(file: FileEntry, context: DownloadContext) {
    this.#file = file
    this.#context = context
    this.bytes = allocate(file)
  }

  /** Takes what the store has; pieces that do not fit together are thrown away. */
  async restore(): Promise<void> {
    const { bytes, sha256 } = this.#file
    const segments = await this.#context.store.readSegments(sha256).catch(() => [])
    const fits = segments.every((segment, i) => segment.length === Math.min(SEGMENT_BYTES, bytes - i * SEGMENT_BYTES))
    if (!fits) return this.restart()
    for (const segment of segments) {
      this.bytes.set(segment, this.loadedBytes)
      this.loadedBytes += segment.length
    }
    this.#cachedBytes = this.loadedBytes
    this.#storedSegments = segments.length
    this.#report()
  }

  async restart(): Promise<void> {
    this.loadedBytes = 0
    this.#cachedBytes = 0
    this.#storedSegments = 0
    await this.#context.store.dropFile(this.#file.sha256).catch(() => {})
    this.#report()
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (this.loadedBytes + chunk.length > this.#file.bytes) {
      await this.#context.store.dropFile(this.#file.sha256)
      throw new LoadError('hash', `${this.#file.path} is longer than the model's manifest says.`)
    }
    this.bytes.set(chunk, this.loadedBytes)
    this.loadedBytes += chunk.length
    this.#report()
    while (this.loadedBytes >= (this.#storedSegments + 1) * SEGMENT_BYTES) await this.#storeNext()
  }

  /** Stores the last, shorter piece. */
  async finish(): Promise<void> {
    if (this.loadedBytes > this.#storedSegments * SEGMENT_BYTES) await this.#storeNext()
  }

  async #storeNext(): Promise<void> {
    const index = this.#storedSegments++
    if (!this.#storeWorks) return
    const piece = this.bytes.slice(index * SEGMENT_BYTES, Math.min(this.loadedBytes, (index + 1) * SEGMENT_BYTES))
    try {
      await this.#context.store.writeSegment(this.#file.sha256, index, piece)
    } catch (error) {
      this.#storeWorks = false
      this.#context.onStoreFailure(error)
    }
  }

  #report(): void {
    this.#context.onProgress(this.loadedBytes, this.#cachedBytes)
  }
}

function allocate(file: FileEntry): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(file.bytes)
  } catch (cause) {
    throw new LoadError('quota', `There is not enough memory for ${file.path} (${formatMegabytes(file.bytes)}).`, {
      cause,
    })
  }
}
