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
}
