import type { RemovalKind } from '../../core/pruning/contract.ts'
import { layerMacs, transformerMacs } from '../../core/metrics/macs.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { quantile } from '../../core/statistics/quantile.ts'

/** One layer of a query, from the lengths that really ran. */
export interface LayerRow {
  /** From 1. */
  layer: number
  /** Tokens of the sequence in this layer: visual and fixed. */
  length: number
  visual: number
  /** Visual tokens that are gone, compared with the layer before. */
  removed: number
  /** Visual tokens that took part although the method does not use them. */
  masked: number
  macs: number
  /** Share of the same layer without pruning. */
  share: number
}

export interface LayersModel {
  rows: readonly LayerRow[]
  macs: number
  denseMacs: number
  /** Dense over pruned multiply-accumulates of the transformer: what the time could be, if time followed them. */
  expectedGain: number
  /** Dense over pruned median latency of the run; undefined where the dense policy was not timed. */
  measuredGain: number | undefined
  /** What the numbers do not say by themselves. */
  remark: string | undefined
}

const REPEATED = 'The method repeated earlier actions here: no layer was run.'

/** The table of one query. @param removal what the method does with the tokens that it does not keep */
export function describeLayers(run: RunRecord, query: QueryRecord, removal: RemovalKind): LayersModel {
  const { model } = run
  const { visualTokens, fixedTokens, layers } = model
  const masks = removal === 'mask'
  const rows = query.tokensPerLayer.map((visual, i): LayerRow => {
    const length = visual + fixedTokens
    const macs = layerMacs(length, model)
    const kept = query.decisions.filter(({ layer }) => layer <= i).at(-1)
    const keptCount = kept ? countIds(kept.keep) : visual
    return {
      layer: i + 1,
      length,
      visual,
      removed: (i === 0 ? visualTokens : query.tokensPerLayer[i - 1]) - visual,
      masked: masks ? Math.max(0, visual - keptCount) : 0,
      macs,
      share: macs / layerMacs(visualTokens + fixedTokens, model),
    }
  })
  const macs = rows.reduce((sum, row) => sum + row.macs, 0)
  const remark = query.repeated ? REPEATED : remarkOf(removal)
  const denseMacs = transformerMacs(new Array<number>(layers).fill(visualTokens + fixedTokens), model)
  return { rows, macs, denseMacs, expectedGain: denseMacs / macs, measuredGain: gainOf(run), remark }
}

/** Bits of a bit field in base64. */
function countIds(text: string): number {
  let count = 0
  for (const character of atob(text)) {
    for (let bits = character.charCodeAt(0); bits > 0; bits &= bits - 1) count++
  }
  return count
}

function gainOf({ queries }: RunRecord): number | undefined {
  const paired = queries.filter(({ denseLatencyMs, latencyMs }) => denseLatencyMs !== undefined && latencyMs > 0)
  if (paired.length === 0) return undefined
  const median = (values: number[]) =>
    quantile(
      values.sort((a, b) => a - b),
      0.5,
    )
  return median(paired.map((query) => query.denseLatencyMs as number)) / median(paired.map((query) => query.latencyMs))
}

function remarkOf(removal: RemovalKind): string | undefined {
  switch (removal) {
    case 'mask':
      return 'This method only masks tokens: they stay in the sequence, so masking does not save time here.'
    case 'none':
      return 'This method removes nothing.'
    case 'merge':
      return 'Merged tokens leave the sequence; what they knew is added to tokens that stay.'
    case 'reuse':
      return 'Reused tokens are counted as they ran here: the saving of a cache that this page does not have is not in the numbers.'
    case 'remove':
      return undefined
  }
}
