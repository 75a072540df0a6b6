import type { CDPSession, Page } from '@playwright/test'

/** What a page holds after its garbage was collected. */
export interface Memory {
  /** JavaScript objects of the page's own thread. */
  heapBytes: number
  /** Array buffers that they hold. */
  bufferBytes: number
  /** All threads of the page together, wasm memory included, as the page itself may ask for it. */
  allThreadsBytes: number
  listeners: number
  nodes: number
  workers: number
}

/** Chromium measures at once, with a collection in every thread, instead of at the next one that happens. */
export const MEASURE_AT_ONCE = '--enable-blink-features=ForceEagerMeasureMemory'

/** Measures one page; needs {@link MEASURE_AT_ONCE} and cross-origin isolation. */
export class MemoryMeter {
  readonly #page: Page
  readonly #session: CDPSession

  private constructor(page: Page, session: CDPSession) {
    this.#page = page
    this.#session = session
  }

  static async of(page: Page): Promise<MemoryMeter> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    return new MemoryMeter(page, session)
  }

  async read(): Promise<Memory> {
    const allThreadsBytes = await this.#page.evaluate(async () => {
      const measurable = performance as Performance & { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
      return (await measurable.measureUserAgentSpecificMemory()).bytes
    })
    // Twice: what the first finds finalisers for, the second frees.
    for (let i = 0; i < 2; i++) await this.#session.send('HeapProfiler.collectGarbage')
    const { metrics } = await this.#session.send('Performance.getMetrics')
    const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN
    const usage: object = await this.#session.send('Runtime.getHeapUsage')
    return {
      heapBytes: metric('JSHeapUsedSize'),
      bufferBytes: Number(Reflect.get(usage, 'backingStorageSize')),
      allThreadsBytes,
      listeners: metric('JSEventListeners'),
      nodes: metric('Nodes'),
      workers: this.#page.workers().length,
    }
  }

  /** Objects of the page's own thread without the machine code that the browser makes of what runs often: slower to tell. */
  async objectBytes(): Promise<number> {
    const chunks: string[] = []
    const add = ({ chunk }: { chunk: string }) => chunks.push(chunk)
    this.#session.on('HeapProfiler.addHeapSnapshotChunk', add)
    // What this finds finalisers for, the collection before the snapshot frees.
    await this.#session.send('HeapProfiler.collectGarbage')
    await this.#session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
    this.#session.off('HeapProfiler.addHeapSnapshotChunk', add)
    return bytesOfObjects(JSON.parse(chunks.join('')) as HeapSnapshot)
  }
}

/** Nodes of a heap, as many numbers each as there are fields. */
interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } }
  nodes: number[]
}

/** Kinds of nodes that are not the page's objects: machine code, and what the browser itself holds for the page. */
const NOT_OBJECTS = new Set(['code', 'native'])

function bytesOfObjects({ snapshot, nodes }: HeapSnapshot): number {
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [kind, size] = [fields.indexOf('type'), fields.indexOf('self_size')]
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length) {
    if (!NOT_OBJECTS.has(types[0][nodes[node + kind]])) bytes += nodes[node + size]
  }
  return bytes
}
