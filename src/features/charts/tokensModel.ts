import { queryMacs } from '../../core/metrics/macs.ts'
import { tokenBudget } from '../../core/metrics/tokenLayers.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import type { TableRow } from './DataTable.tsx'
import { formatCount, formatPercent } from './format.ts'
import { axisTicks } from '../../ui/axisTicks.ts'

export interface LayerPoint {
  /** 1-based. */
  layer: number
  /** Of the current query. */
  tokens: number | undefined
  /** Over all queries of the run. */
  mean: number
  /** Fewer tokens than in the layer before: worth a label. */
  changed: boolean
}

export interface TokensModel {
  points: readonly LayerPoint[]
  /** Visual tokens of the unpruned model, in every layer. */
  dense: number
  queries: number
  /** Of the current query: token-layers and multiply-accumulates as shares of dense. */
  query: Cost | undefined
  /** The same over the run. */
  run: Cost
}

/** Shares of dense, 0 ... 1. */
interface Cost {
  budget: number
  macs: number
}

/** What the chart of tokens per layer draws; undefined while the run has no query. */
export function createTokensModel(run: RunRecord, query: QueryRecord | undefined): TokensModel | undefined {
  const { queries } = run
  if (queries.length === 0) return undefined
  const points = Array.from({ length: run.model.layers }, (_, i): LayerPoint => {
    const tokens = query?.tokensPerLayer[i]
    const sum = queries.reduce((total, { tokensPerLayer }) => total + (tokensPerLayer[i] ?? 0), 0)
    return { layer: i + 1, tokens, mean: sum / queries.length, changed: tokens !== query?.tokensPerLayer[i - 1] }
  })
  return {
    points,
    dense: run.model.visualTokens,
    queries: queries.length,
    query: query && costOf(run, query),
    run: averageCost(queries.map((each) => costOf(run, each))),
  }
}

function costOf({ model }: RunRecord, { tokensPerLayer }: QueryRecord): Cost {
  const macs = (visualTokensPerLayer: readonly number[]) =>
    queryMacs({ visualTokensPerLayer, fixedTokens: model.fixedTokens, shape: model })
  return {
    budget: tokenBudget(tokensPerLayer, model.visualTokens),
    macs: macs(tokensPerLayer) / macs(new Array<number>(model.layers).fill(model.visualTokens)),
  }
}

function averageCost(costs: readonly Cost[]): Cost {
  const mean = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length
  return { budget: mean(({ budget }) => budget), macs: mean(({ macs }) => macs) }
}

/** Least pixels per layer at which neighbouring labels do not run into each other. */
const LABEL_PITCH = 18

/** Layers whose bar gets its number: every change where there is room, else the first and the last. */
export function labelledLayers(points: readonly LayerPoint[], width: number): ReadonlySet<number> {
  const changes = points.filter(({ changed }) => changed).map(({ layer }) => layer)
  const roomy = width / points.length >= LABEL_PITCH
  return new Set(roomy ? changes : [...changes.slice(0, 1), ...changes.slice(-1)])
}

/** Quarters of dense where they are whole: the top line of the chart is then "nothing removed". */
export function denseTicks(dense: number): number[] {
  return dense % 4 === 0 ? [0, 1, 2, 3, 4].map((quarter) => (quarter * dense) / 4) : axisTicks(dense)
}

/** One sentence with the chart's message. */
export function describeTokens({ points, dense, query }: TokensModel): string {
  const last = points.at(-1)
  if (!query || last?.tokens === undefined) return `${dense} visual tokens when dense.`
  return (
    `${last.tokens} of ${dense} visual tokens reach layer ${last.layer}. ` +
    `Budget ${formatPercent(query.budget)} of dense token-layers, ${formatPercent(query.macs)} of dense multiply-accumulates.`
  )
}

/** Rows of the table twin. */
export function tokensRows({ points, dense }: TokensModel): TableRow[] {
  return points.map(({ layer, tokens, mean }) => ({
    key: layer,
    cells: [String(layer), tokens === undefined ? '–' : String(tokens), formatCount(mean), String(dense)],
  }))
}
