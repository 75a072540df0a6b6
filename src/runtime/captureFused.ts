import { CapturedGraph } from './engines/chunkGraph.ts'
import type { CaptureFused } from './engines/fusedEngine.ts'
import { withConstants } from './loader/onnxConstants.ts'
import type { ModelFiles } from './model.ts'
import { createGraphSession, type OrtApi, type SessionSettings } from './ort.ts'
import { replaysAgree } from './replayTest.ts'

/**
 * Makes captured variants of the fused graph. What says how many tokens stay is a constant in them, for recorded commands fit
 * one shape only; a variant is used if it passes the self-test of the dense graph, kept tokens included.
 * @returns undefined where there is no GPU or no such graph
 */
export function fusedCapture(ort: OrtApi, files: ModelFiles, settings: SessionSettings): CaptureFused | undefined {
  const { device } = settings
  const { fused } = files.graphs
  if (!device || !fused) return undefined
  return async (constants, makeTest) => {
    let graph: CapturedGraph | undefined
    try {
      const captured = { ...settings, capture: true }
      const outputs = { cpu: [], gpu: ['chunk', 'record'] }
      const bytes = withConstants(fused, constants)
      const session = await createGraphSession(ort, bytes, files.weights, captured, outputs)
      graph = new CapturedGraph(ort, device, session, 'record')
      const { replayed, plain } = makeTest(graph)
      const report = await replaysAgree(replayed, plain, files)
      if (report.status === 'on') return { graph, report }
      await graph.release()
      return { report }
    } catch (error) {
      await graph?.release().catch(() => {})
      return { report: { status: 'off', reason: error instanceof Error ? error.message : String(error) } }
    }
  }
}
