import type { PolicyEngine } from '../../core/policy/engine.ts'
import type { ModelFiles } from '../model.ts'
import { createGraphSession, type OrtApi, type OrtSession, type SessionSettings } from '../ort.ts'
import { PlainGraph } from './chunkGraph.ts'
import { DenseEngine } from './denseEngine.ts'
import { FusedEngine } from './fusedEngine.ts'
import { LayeredEngine } from './layeredEngine.ts'
import { LazySession } from './lazySession.ts'

/** The ways to run one policy on one backend. */
export interface PolicyEngines {
  dense: PolicyEngine
  layered: PolicyEngine
  /** Where the model has the graph; its session is created at the first query. */
  fused?: FusedEngine
}

const LAYER_OUTPUTS_WITHOUT_CACHE = { cpu: ['text_scores', 'action_scores'], gpu: ['hidden_out'] }
/** With a cache keys and values go out as well; the rows of a layer that nobody asks for stay inside. */
const LAYER_OUTPUTS = { cpu: ['text_scores', 'action_scores'], gpu: ['hidden_out', 'key_out', 'value_out'] }

/**
 * Creates the sessions that every use of a model needs, one after another: onnxruntime calls must never overlap.
 * @throws what onnxruntime throws, after releasing the sessions that were already made.
 */
export async function createEngines(
  ort: OrtApi,
  files: ModelFiles,
  settings: SessionSettings,
  signal?: AbortSignal,
): Promise<PolicyEngines> {
  const made: OrtSession[] = []
  const create = async (graph: Uint8Array, outputs: Parameters<typeof createGraphSession>[4]): Promise<OrtSession> => {
    signal?.throwIfAborted()
    const session = await createGraphSession(ort, graph, files.weights, settings, outputs)
    made.push(session)
    return session
  }
  try {
    const { graphs, manifest } = files
    const dense = await create(graphs.dense, { cpu: ['chunk'] })
    const embed = await create(graphs.embed, { cpu: [], gpu: ['hidden'] })
    const layers: OrtSession[] = []
    for (const graph of graphs.layers) {
      const outputs = graphs.reuse ? LAYER_OUTPUTS : LAYER_OUTPUTS_WITHOUT_CACHE
      layers.push(await create(graph, outputs))
    }
    const head = await create(graphs.head, { cpu: ['chunk'] })
    const later = (graph: Uint8Array, outputs: Parameters<typeof create>[1]): LazySession =>
      new LazySession(() => createGraphSession(ort, graph, files.weights, settings, outputs))
    const fused = graphs.fused && later(graphs.fused, { cpu: ['chunk', 'record'] })
    const reuse = graphs.reuse?.map((graph) => later(graph, LAYER_OUTPUTS))
    const plan = manifest.graphs.fused
    return {
      dense: new DenseEngine(ort, manifest, new PlainGraph(dense)),
      layered: new LayeredEngine(ort, manifest, { embed, layers, head, ...(reuse && { reuse }) }),
      ...(fused && plan && { fused: new FusedEngine(ort, manifest, plan, fused) }),
    }
  } catch (error) {
    for (const session of made) await session.release()
    throw error
  }
}

/** Releases every session of all engines. */
export async function disposeEngines(engines: PolicyEngines): Promise<void> {
  await engines.dense.dispose()
  await engines.layered.dispose()
  await engines.fused?.dispose()
}
