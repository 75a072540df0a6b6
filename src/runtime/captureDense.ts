import type { PolicyEngine } from '../core/policy/engine.ts'
import type { Observation } from '../core/schema/observation.ts'
import { DenseEngine } from './engines/denseEngine.ts'
import { CapturedGraph } from './engines/chunkGraph.ts'
import type { ModelFiles } from './model.ts'
import { createGraphSession, type OrtApi, type SessionSettings } from './ort.ts'
import type { CaptureReport } from './protocol.ts'
import { replaysAgree } from './replayTest.ts'

/**
 * A dense engine that replays recorded GPU commands, if on this device it says the same as the engine without: on a golden case, on
 * its negative, and on the first again. The first run records; wrong replays were seen from the second on (onnxruntime #29594).
 * @param plain the engine without, already checked against the golden vectors
 * @returns the engine, or why there is none; never throws but for an abort
 */
export async function captureDense(
  ort: OrtApi,
  files: ModelFiles,
  settings: SessionSettings,
  plain: PolicyEngine,
  signal?: AbortSignal,
): Promise<{ engine?: PolicyEngine; report: CaptureReport }> {
  const { device } = settings
  if (!device) return { report: { status: 'off', reason: 'only a GPU records commands.' } }
  let engine: PolicyEngine | undefined
  try {
    const outputs = { cpu: [], gpu: ['chunk'] }
    const captured = { ...settings, capture: true }
    const session = await createGraphSession(ort, files.graphs.dense, files.weights, captured, outputs)
    engine = new DenseEngine(ort, files.manifest, new CapturedGraph(ort, device, session))
    const chunkOf = (of: PolicyEngine) => async (observation: Observation) =>
      (await of.query(observation, { signal })).chunk
    const report = await replaysAgree(chunkOf(engine), chunkOf(plain), files)
    if (report.status === 'on') return { engine, report }
    await engine.dispose()
    return { report }
  } catch (error) {
    await engine?.dispose().catch(() => {})
    signal?.throwIfAborted()
    return { report: { status: 'off', reason: error instanceof Error ? error.message : String(error) } }
  }
}
