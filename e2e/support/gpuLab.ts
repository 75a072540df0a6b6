import type { Page } from '@playwright/test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'
import { DIST } from '../../tools/dev/project.mjs'
import type * as Lab from '../lab/gpuLab.ts'

/** Address of the lab's code. */
const SCRIPT = '/lab/gpuLab.js'

/** A page that holds nothing but the runtime and onnxruntime: what a test asks of WebGPU is done in it. */
export class GpuLab {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  static async open(page: Page): Promise<GpuLab> {
    const script = await bundle()
    await page.route(`**${SCRIPT}`, (route) => route.fulfill({ contentType: 'text/javascript', body: script }))
    await page.route('**/lab/', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
    await page.goto('./lab/')
    return new GpuLab(page)
  }

  /** Where the nodes of each graph of a model run. */
  placementsOf(model: string): Promise<Lab.Placement[]> {
    return this.#page.evaluate(
      async ([address, of, ort]) => ((await import(address)) as typeof Lab).placementsOf(of, ort),
      [SCRIPT, model, ortFiles()] as const,
    )
  }

  /** A method in the fused graph of a model with and without capture. */
  compareFusedCapture(model: string, method: string, queries: number): Promise<Lab.FusedComparison> {
    return this.#page.evaluate(
      async ([address, of, ort, name, count]) =>
        ((await import(address)) as typeof Lab).compareFusedCapture(of, ort, name, count),
      [SCRIPT, model, ortFiles(), method, queries] as const,
    )
  }

  /** The dense graph of a model with and without capture. */
  compareDenseCapture(model: string): Promise<Lab.CaptureComparison> {
    return this.#page.evaluate(
      async ([address, of, ort]) => ((await import(address)) as typeof Lab).compareDenseCapture(of, ort),
      [SCRIPT, model, ortFiles()] as const,
    )
  }
}

async function bundle(): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      lib: { entry: join(import.meta.dirname, '../lab/gpuLab.ts'), formats: ['es'] },
    },
  })) as Rolldown.RolldownOutput[]
  return result[0].output[0].code
}

/** The build's onnxruntime with WebGPU, of the kind that every browser of these tests has. */
function ortFiles(): Lab.OrtFiles {
  const names = readdirSync(join(DIST, 'assets'))
  const asset = (pattern: RegExp) => `/assets/${names.find((name) => pattern.test(name)) ?? ''}`
  return {
    entry: asset(/^ort\.jspi\.min-.*\.js$/),
    mjs: asset(/^ort-wasm-simd-threaded\.jspi-.*\.mjs$/),
    wasm: asset(/^ort-wasm-simd-threaded\.jspi-.*\.wasm$/),
  }
}
