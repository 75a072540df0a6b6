import type { PolicyEngine } from '../../core/policy/engine.ts'
import type { ModelFiles } from '../model.ts'
import { createGraphSession, type OrtApi, type OrtSession, type SessionSettings } from '../ort.ts'
import { DenseEngine } from './denseEngine.ts'
import { LayeredEngine } from './layeredEngine.ts'

/** Both ways to run one policy on one backend. */
export interface PolicyEngines {
  dense: PolicyEngine
  layered: PolicyEngine
}

/**
 * Creates all sessions of a model, one after another: onnxruntime calls must never overlap.
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
      layers.push(await create(graph, { cpu: ['text_scores', 'action_scores'], gpu: ['hidden_out'] }))
    }
    const head = await create(graphs.head, { cpu: ['chunk'] })
    return {
      dense: new DenseEngine(ort, manifest, dense),
      layered: new LayeredEngine(ort, manifest, { embed, layers, head }),
    }
  } catch (error) {
    for (const session of made) await session.release()
    throw error
  }
}

/** Releases every session of both engines. */
export async function disposeEngines(engines: PolicyEngines): Promise<void> {
  await engines.dense.dispose()
  await engines.layered.dispose()
}
