import * as native from 'onnxruntime-node'
import type { PolicyEngine } from '../../../src/core/policy/engine.ts'
import { parseMethod, startMethod } from '../../../src/core/pruning/registry.ts'
import { PlainGraph } from '../../../src/runtime/engines/chunkGraph.ts'
import { DenseEngine } from '../../../src/runtime/engines/denseEngine.ts'
import { LayeredEngine } from '../../../src/runtime/engines/layeredEngine.ts'
import { goldenObservation } from '../../../src/runtime/golden.ts'
import type { ModelFiles } from '../../../src/runtime/model.ts'
import { loadModelDirectory } from '../../../src/runtime/node/loadDirectory.ts'
import { OpenLoopWalk } from '../../../src/runtime/openLoopWalk.ts'
import { createGraphSession } from '../../../src/runtime/ort.ts'
import { policyContext } from '../../../src/runtime/policyContext.ts'
import { forgetPeak, peakMemoryBytes } from '../peakMemory.ts'
import { syntheticEpisode } from './syntheticEpisode.ts'

/** A question to a process of its own: how much memory one engine takes. */
export interface MemoryRequest {
  directory: string
  engine: 'dense' | 'keep-all' | 'pruned'
  /** As `--method` writes it; for `pruned`. */
  method: string
  threads: number
}

export type MemoryAnswer = { memoryBytes: number } | { error: string }

/** Enough for every size of buffer to have been seen. */
const QUERIES = 6

async function measure(request: MemoryRequest): Promise<MemoryAnswer> {
  const files = await loadModelDirectory(request.directory, 'native')
  const { manifest, golden } = files
  const { chunk } = manifest.action
  const episode = syntheticEpisode(goldenObservation(manifest, golden.cases[0]), QUERIES * chunk, 0)
  forgetPeak()
  const before = process.memoryUsage.rss()
  const engine = await openEngine(files, request)
  const method = parseMethod(request.engine === 'pruned' ? request.method : 'dense')
  const walk = new OpenLoopWalk(episode, startMethod(method, policyContext(files, { seed: 0 })), chunk)
  while (!walk.done) {
    const observation = walk.begin()
    const { session } = walk
    walk.finish(session, await engine.query(observation, request.engine === 'pruned' ? { session } : {}))
  }
  await engine.dispose()
  return { memoryBytes: Math.max(0, peakMemoryBytes() - before) }
}

/** The sessions of one engine and no others. */
async function openEngine(
  { graphs, weights, manifest }: ModelFiles,
  { engine, threads }: MemoryRequest,
): Promise<PolicyEngine> {
  const settings = { provider: { name: 'cpu' }, gpuResident: false, intraOpThreads: threads }
  const open = (graph: Uint8Array) => createGraphSession(native, graph, weights, settings, { cpu: [] })
  if (engine === 'dense') return new DenseEngine(native, manifest, new PlainGraph(await open(graphs.dense)))
  const embed = await open(graphs.embed)
  const layers = []
  for (const graph of graphs.layers) layers.push(await open(graph))
  return new LayeredEngine(native, manifest, { embed, layers, head: await open(graphs.head) })
}

process.once('message', (request: MemoryRequest) => {
  void measure(request)
    .catch((error: unknown): MemoryAnswer => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer, () => process.exit(0)))
})
