import { cpus } from 'node:os'
import * as native from 'onnxruntime-node'
import type { DeviceInfo } from '../../core/schema/runRecord.ts'
import { createEngines, disposeEngines, type PolicyEngines } from '../engines/createEngines.ts'
import { PlainGraph } from '../engines/chunkGraph.ts'
import { DenseEngine } from '../engines/denseEngine.ts'
import { goldenObservation } from '../golden.ts'
import type { ModelFiles } from '../model.ts'
import { createGraphSession, type OrtApi, type SessionSettings } from '../ort.ts'
import { loadModelDirectory } from './loadDirectory.ts'

/** What runs the graphs in Node: native code, or the WebAssembly that a page without a GPU runs. */
export type NodeBackend = 'node' | 'wasm'

/** A policy that runs in Node on the processor. */
export interface NodePolicy {
  files: ModelFiles
  engines: PolicyEngines
  device: DeviceInfo
  /** What the sessions were made with, for measurements beside them. */
  ort: OrtApi
  settings: SessionSettings
  dispose(): Promise<void>
}

const PROBE_WARM_UP_RUNS = 3
const PROBE_RUNS = 7

/**
 * Loads a model from a directory for Node.
 * @param options.threads 'measure' times one thread against two or more and keeps the faster: which one that is
 *   differs from machine to machine, even among idle ones.
 */
export async function openNodePolicy(
  directory: string,
  { threads = 1, backend = 'node' }: { threads?: number | 'measure'; backend?: NodeBackend } = {},
): Promise<NodePolicy> {
  const files = await loadModelDirectory(directory, backend === 'wasm' ? 'portable' : 'native')
  const intraOpThreads = threads === 'measure' ? await measureNodeThreads(files) : threads
  const { ort, settings } = await nodeRuntime(backend, intraOpThreads)
  const engines = await createEngines(ort, files, settings)
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  return {
    files,
    engines,
    ort,
    settings,
    device: { backend, threads: intraOpThreads, agent: `Node ${process.versions.node}, ${processor}` },
    dispose: () => disposeEngines(engines),
  }
}

/** onnxruntime in Node, with what sessions on it are created with. */
export async function nodeRuntime(
  backend: NodeBackend,
  threads: number,
): Promise<{ ort: OrtApi; settings: SessionSettings }> {
  if (backend === 'wasm') return { ort: await loadWasm(threads), settings: WASM_SETTINGS }
  return { ort: native, settings: settingsFor(threads) }
}

/** The intra-op thread count, 1, 2 or 4, at which the dense graph runs fastest here and now. */
export async function measureNodeThreads(files: ModelFiles): Promise<number> {
  const candidates = [1, 2, 4].filter((count) => count <= cpus().length)
  let best = { count: 1, ms: Number.POSITIVE_INFINITY }
  for (const count of candidates) {
    const ms = await timeDense(files, count)
    if (ms < best.ms) best = { count, ms }
  }
  return best.count
}

async function timeDense(files: ModelFiles, threads: number): Promise<number> {
  const session = await createGraphSession(native, files.graphs.dense, files.weights, settingsFor(threads), {
    cpu: ['chunk'],
  })
  const engine = new DenseEngine(native, files.manifest, new PlainGraph(session))
  const observation = goldenObservation(files.manifest, files.golden.cases[0])
  const times: number[] = []
  for (let run = 0; run < PROBE_WARM_UP_RUNS + PROBE_RUNS; run++)
    times.push((await engine.query(observation)).latencyMs)
  await engine.dispose()
  return times.slice(PROBE_WARM_UP_RUNS).sort((a, b) => a - b)[Math.floor(PROBE_RUNS / 2)]
}

const WASM_SETTINGS: SessionSettings = { provider: { name: 'wasm' }, gpuResident: false }

/** onnxruntime's WebAssembly build; its thread count is that of the process and fixed by the first session. */
async function loadWasm(threads: number): Promise<OrtApi> {
  const web = await import('onnxruntime-web')
  web.env.wasm.numThreads = threads
  web.env.logLevel = 'error'
  return web
}

function settingsFor(intraOpThreads: number): SessionSettings {
  return { provider: { name: 'cpu' }, gpuResident: false, intraOpThreads }
}
