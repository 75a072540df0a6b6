import { compareChunks } from '../../core/metrics/agreement.ts'
import type { Agreement } from '../../core/metrics/agreement.ts'
import { decodeFloats } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'

/** What the brush changed in one query. */
export interface BrushDelta {
  actions: Agreement
  /** Tokens at the last layer, without and with the brush. */
  survivors: { alone: number; brushed: number }
}

/**
 * The chunk with the brush against the chunk of the method alone, on the same observation.
 * @param alone the run without the brush
 * @returns undefined where the method alone has no query at this frame, or either was not run
 */
export function describeBrushDelta(
  brushed: QueryRecord,
  alone: RunRecord | undefined,
  executeSteps: number,
): BrushDelta | undefined {
  const other = alone?.queries.find(({ step }) => step === brushed.step)
  if (!other) return undefined
  const [a, b] = [decodeFloats(brushed.chunk), decodeFloats(other.chunk)]
  if (a.length === 0 || a.length !== b.length) return undefined
  return {
    actions: compareChunks(a, b, executeSteps),
    survivors: { alone: other.tokensPerLayer.at(-1) ?? 0, brushed: brushed.tokensPerLayer.at(-1) ?? 0 },
  }
}
