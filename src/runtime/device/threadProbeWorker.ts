import * as Comlink from 'comlink'
import { tokenRange } from '../../core/pruning/sets.ts'
import { createGraphSession, type OrtSession, type OrtTensor } from '../ort.ts'
import { loadWasmOrt } from './ortWeb.ts'

/** One transformer layer to be timed. */
export interface ThreadProbeJob {
  threads: number
  graph: Uint8Array
  weights: Uint8Array
  length: number
  width: number
}

/** Runs in a nested worker; see `measureThreads`. */
export interface ThreadProbeService {
  /** Creates the session and runs it until the compiler has settled, as far as the budget allows. */
  prepare(job: ThreadProbeJob): Promise<void>
  /** Milliseconds of the fastest run within a short while. */
  measure(): Promise<number>
}

const WARM_UP_MS = 180
const MEASURE_MS = 80

let session: OrtSession | undefined
let feeds: Record<string, OrtTensor> = {}

async function fastestRun(budgetMs: number): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY
  const end = performance.now() + budgetMs
  do {
    const start = performance.now()
    await session?.run(feeds, ['hidden_out'])
    fastest = Math.min(fastest, performance.now() - start)
  } while (performance.now() < end)
  return fastest
}

const service: ThreadProbeService = {
  async prepare({ threads, graph, weights, length, width }) {
    const ort = await loadWasmOrt(threads)
    const settings = { provider: { name: 'wasm' }, gpuResident: false }
    session = await createGraphSession(ort, graph, weights, settings, { cpu: ['hidden_out'] })
    const hidden = Float32Array.from({ length: length * width }, (_, i) => Math.sin(i))
    feeds = {
      hidden: new ort.Tensor('float32', hidden, [1, length, width]),
      keep: new ort.Tensor('int32', tokenRange(0, length), [length]),
    }
    await fastestRun(WARM_UP_MS)
  },
  measure: () => fastestRun(MEASURE_MS),
}

Comlink.expose(service)
