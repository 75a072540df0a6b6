import { compareChunks } from '../../core/metrics/agreement.ts'
import { tokenBudget } from '../../core/metrics/tokenLayers.ts'
import { decodeFloats } from '../../core/schema/base64.ts'
import { ACTION_SIZE } from '../../core/schema/observation.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { compareKept } from '../../core/tokens/compareKept.ts'
import type { KeptComparison } from '../../core/tokens/compareKept.ts'
import { decodeQuery, survivorsAfter } from '../../core/tokens/decodedQuery.ts'
import type { DecodedQuery } from '../../core/tokens/decodedQuery.ts'
import type { PaintPlan, TokenState } from '../../ui/tokens/plan.ts'

/** One frame of two runs over the same episode. */
export interface ComparedFrame {
  frame: number
  /** Overlap of the tokens that are left after the compared layer in the queries that govern the frame. */
  jaccard: number
  /** Distance of the two actions for this frame; undefined where a run predicts none that far ahead. */
  translationMm: number | undefined
  rotationDeg: number | undefined
  sameGripper: boolean | undefined
}

export interface ComparisonSummary {
  meanJaccard: number
  /** Over the frames with two actions. */
  meanTranslationMm: number | undefined
  maxTranslationMm: number | undefined
  gripperAgreement: number | undefined
  /** Frame with the largest distance of the translations. */
  worstFrame: number | undefined
}

/** The query whose chunk governs a frame. */
export function queryAt(run: RunRecord, frame: number): QueryRecord | undefined {
  return run.queries.findLast((query) => query.step <= frame)
}

/** Kept sets of two runs at a frame, after a layer; undefined where a run has no query yet. */
export function compareAt(a: RunRecord, b: RunRecord, frame: number, layer: number): KeptComparison | undefined {
  const [queryA, queryB] = [queryAt(a, frame), queryAt(b, frame)]
  if (!queryA || !queryB) return undefined
  return compareKept(keptAfter(decodeQuery(queryA, a.model), layer), keptAfter(decodeQuery(queryB, b.model), layer))
}

function keptAfter(query: DecodedQuery, layer: number): Int32Array {
  return survivorsAfter(query, Math.min(layer, query.layers))
}

/** Every frame of two runs. @param layer after which the kept sets are compared */
export function compareRuns(a: RunRecord, b: RunRecord, frames: number, layer: number): ComparedFrame[] {
  let last: { key: string; jaccard: number } | undefined
  return Array.from({ length: frames }, (_, frame): ComparedFrame => {
    // Between two queries the kept sets do not change.
    const key = `${queryAt(a, frame)?.index}/${queryAt(b, frame)?.index}`
    if (last?.key !== key) last = { key, jaccard: compareAt(a, b, frame, layer)?.jaccard ?? Number.NaN }
    const [actionA, actionB] = [actionAt(a, frame), actionAt(b, frame)]
    const difference = actionA && actionB ? compareChunks(actionA, actionB, 1) : undefined
    return {
      frame,
      jaccard: last.jaccard,
      translationMm: difference?.translationMm,
      rotationDeg: difference?.rotationDeg,
      sameGripper: difference ? difference.gripperAgreement === 1 : undefined,
    }
  })
}

const chunks = new WeakMap<QueryRecord, Float32Array>()

/** The action that a run predicts for a frame. */
function actionAt(run: RunRecord, frame: number): Float32Array | undefined {
  const query = queryAt(run, frame)
  if (!query) return undefined
  let chunk = chunks.get(query)
  if (!chunk) chunks.set(query, (chunk = decodeFloats(query.chunk)))
  const offset = (frame - query.step) * ACTION_SIZE
  return offset + ACTION_SIZE <= chunk.length ? chunk.subarray(offset, offset + ACTION_SIZE) : undefined
}

/** Averages over the frames of a comparison. */
export function summariseComparison(frames: readonly ComparedFrame[]): ComparisonSummary {
  const overlaps = frames.filter(({ jaccard }) => !Number.isNaN(jaccard))
  const acted = frames.filter(({ translationMm }) => translationMm !== undefined)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const distances = acted.map(({ translationMm }) => translationMm as number)
  const largest = distances.length > 0 ? Math.max(...distances) : undefined
  return {
    meanJaccard: mean(overlaps.map(({ jaccard }) => jaccard)),
    meanTranslationMm: distances.length > 0 ? mean(distances) : undefined,
    maxTranslationMm: largest,
    gripperAgreement: acted.length > 0 ? mean(acted.map(({ sameGripper }) => Number(sameGripper))) : undefined,
    worstFrame: largest ? acted[distances.indexOf(largest)].frame : undefined,
  }
}

/** Visual tokens averaged over layers and queries, as a share of dense. */
export function budgetOf(run: RunRecord): number {
  const budgets = run.queries.map(({ tokensPerLayer }) => tokenBudget(tokensPerLayer, run.model.visualTokens))
  return budgets.reduce((sum, budget) => sum + budget, 0) / budgets.length
}

/** What the middle pair of cameras paints: three groups with colour and shape, and what both dropped. */
export function planDifference(comparison: KeptComparison, visualTokens: number): PaintPlan {
  const groups = [
    { name: 'both', title: 'Both', color: '--compare-both', ids: comparison.both },
    { name: 'a', title: 'Only left', color: '--compare-a', ids: comparison.onlyA, mark: 'dot' as const },
    { name: 'b', title: 'Only right', color: '--compare-b', ids: comparison.onlyB, mark: 'ring' as const },
  ]
  const states = new Array<TokenState>(visualTokens).fill('dropped-first')
  const masks = new Uint32Array(visualTokens)
  const sets = groups.map(({ ids, ...group }, bit) => {
    for (const id of ids) {
      states[id] = 'kept'
      masks[id] = 1 << bit
    }
    return { ...group, count: ids.length }
  })
  return { states, masks, sets, heat: undefined, colormap: undefined }
}

/** What a run kept at a frame, without telling sets apart. */
export function planKept(query: DecodedQuery, layer: number, color: string): PaintPlan {
  const kept = keptAfter(query, layer)
  const states = new Array<TokenState>(query.visualTokens).fill('dropped-first')
  for (const id of kept) states[id] = 'kept'
  const masks = Uint32Array.from(states, (state) => Number(state === 'kept'))
  const sets = [{ name: 'kept', title: 'Kept', color, count: kept.length }]
  return { states, masks, sets, heat: undefined, colormap: undefined }
}
