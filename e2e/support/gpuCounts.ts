import { expect, type Page, type Worker } from '@playwright/test'

/** What the inference worker has asked of WebGPU since it began. */
export interface GpuCounts {
  /** Buffers mapped to be read. */
  reads: number
  /** Compute pipelines made. */
  pipelines: number
  /** Buffers made and not destroyed, and their bytes. */
  buffers: number
  bufferBytes: number
  /** Times that work was handed to the GPU. */
  submits: number
}

/** The inference worker's counters; it runs there before the worker's own code. */
interface Counter {
  counts: GpuCounts
  devices: GPUDevice[]
}

type CountingScope = typeof globalThis & { gpuCounter?: Counter }

/** Wraps the methods of WebGPU that are counted. Runs in the worker, so it uses nothing from outside. */
function installCounter(): void {
  const counts = { reads: 0, pipelines: 0, buffers: 0, bufferBytes: 0, submits: 0 }
  const devices: GPUDevice[] = []
  Object.assign(globalThis, { gpuCounter: { counts, devices } })
  if (typeof GPUDevice === 'undefined') return
  const wrap = <T extends object, K extends keyof T>(
    type: { prototype: T },
    name: K,
    after: (result: unknown) => void,
  ) => {
    const original = type.prototype[name] as (...args: unknown[]) => unknown
    const counted = function (this: T, ...args: unknown[]) {
      const result = original.apply(this, args)
      after(result)
      return result
    }
    Object.defineProperty(type.prototype, name, { value: counted, configurable: true, writable: true })
  }
  wrap(GPUDevice, 'createComputePipeline', () => counts.pipelines++)
  wrap(GPUDevice, 'createComputePipelineAsync', () => counts.pipelines++)
  wrap(GPUBuffer, 'mapAsync', () => counts.reads++)
  wrap(GPUQueue, 'submit', () => counts.submits++)
  wrap(
    GPUAdapter,
    'requestDevice',
    (result) => void (result as Promise<GPUDevice>).then((device) => devices.push(device)),
  )
  const alive = new WeakSet<GPUBuffer>()
  wrap(GPUDevice, 'createBuffer', (result) => {
    const buffer = result as GPUBuffer
    alive.add(buffer)
    counts.buffers++
    counts.bufferBytes += buffer.size
  })
  const { destroy } = GPUBuffer.prototype
  GPUBuffer.prototype.destroy = function () {
    if (alive.delete(this)) {
      counts.buffers--
      counts.bufferBytes -= this.size
    }
    return destroy.apply(this)
  }
}

/** The inference worker's use of WebGPU. Make it before the page is opened. */
export class GpuCounter {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  /** Puts the counter in front of the inference worker's code. */
  static async install(page: Page): Promise<GpuCounter> {
    await page.route(/\/inferenceWorker[^/]*\.js$/, async (route) => {
      const response = await route.fetch()
      // The body is longer than the server said, and no longer packed.
      const { 'content-length': _length, 'content-encoding': _encoding, ...headers } = response.headers()
      const body = `;(${installCounter.toString()})();\n${await response.text()}`
      await route.fulfill({ status: response.status(), headers, body })
    })
    return new GpuCounter(page)
  }

  async read(): Promise<GpuCounts> {
    const counts = await this.#worker().evaluate(() => (globalThis as CountingScope).gpuCounter?.counts)
    if (!counts) throw new Error('The inference worker has no counter.')
    return counts
  }

  /** Takes the GPU away from the worker, as a driver that fails does. */
  async loseDevice(): Promise<void> {
    await this.#worker().evaluate(() => (globalThis as CountingScope).gpuCounter?.devices.at(-1)?.destroy())
  }

  #worker(): Worker {
    const worker = this.#page.workers().find((each) => each.url().includes('inferenceWorker'))
    expect(worker, 'the inference worker').toBeDefined()
    return worker as Worker
  }
}
