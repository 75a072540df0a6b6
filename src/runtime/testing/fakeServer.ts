import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TINY_MODEL } from './paths.ts'

/** One request that a fake server got. */
export interface FakeRequest {
  path: string
  range?: string
  /** Bytes that were sent before the end, or before the break. */
  sentBytes: number
}

/** How a fake server misbehaves; all fields can be changed between requests. */
export interface FakeFaults {
  offline?: boolean
  ignoresRange?: boolean
  /** Bytes of `path` after which the connection breaks. */
  breakAfter?: { path: string; bytes: number }
  /** Replaces the contents of a file. */
  replace?: { path: string; bytes: Uint8Array }
  status?: { path: string; status: number }
}

const CHUNK_BYTES = 40_000

/** Serves the tiny model, with weights blown up to `weightBytes` of other content if given, without a network. */
export function fakeServer(extra: Record<string, Uint8Array> = {}): {
  fetch: typeof globalThis.fetch
  requests: FakeRequest[]
  faults: FakeFaults
} {
  const requests: FakeRequest[] = []
  const faults: FakeFaults = {}
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(input instanceof Request ? input.url : input).pathname.split('/').pop() ?? ''
    const range = new Headers(init.headers).get('Range') ?? undefined
    const request: FakeRequest = { path, sentBytes: 0, ...(range ? { range } : {}) }
    requests.push(request)
    init.signal?.throwIfAborted()
    if (faults.offline) throw new TypeError('fetch failed')
    if (faults.status?.path === path) return new Response('', { status: faults.status.status })
    const replaced = faults.replace?.path === path ? faults.replace.bytes : extra[path]
    const whole = replaced ?? new Uint8Array(await readFile(join(TINY_MODEL, path)))
    const start = range && !faults.ignoresRange ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0
    const breakAt = faults.breakAfter?.path === path ? faults.breakAfter.bytes : Number.POSITIVE_INFINITY
    const body = streamOf(whole.subarray(start), breakAt - start, request, init.signal ?? undefined)
    if (!range || faults.ignoresRange) return new Response(body, { status: 200 })
    const headers = { 'Content-Range': `bytes ${start}-${whole.length - 1}/${whole.length}` }
    return new Response(body, { status: 206, headers })
  }
  return { fetch, requests, faults }
}

function streamOf(
  bytes: Uint8Array,
  breakAt: number,
  request: FakeRequest,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (signal?.aborted) {
          controller.error(signal.reason)
          return
        }
        if (request.sentBytes >= breakAt) {
          controller.error(new TypeError('network error'))
          return
        }
        if (request.sentBytes >= bytes.length) {
          controller.close()
          return
        }
        const end = Math.min(bytes.length, breakAt, request.sentBytes + CHUNK_BYTES)
        controller.enqueue(bytes.slice(request.sentBytes, end))
        request.sentBytes = end
      },
    },
    { highWaterMark: 0 },
  )
}
