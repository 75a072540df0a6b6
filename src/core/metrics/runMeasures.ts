import { decodeFloats } from '../schema/base64.ts'
import type { QueryRecord, RunRecord } from '../schema/runRecord.ts'
import { quantile } from '../statistics/quantile.ts'
import { averageAgreement, compareChunks } from './agreement.ts'
import { queryMacs } from './macs.ts'
import { tokenBudget } from './tokenLayers.ts'

/** What an open-loop run that was compared with the dense policy comes to. */
export interface RunMeasures {
  /** Visual tokens averaged over layers and queries, 0 ... 1 of dense. */
  budget: number
  /** Multiply-accumulates of the layers, averaged over queries, 0 ... 1 of dense. */
  macsShare: number
  /** Median per query. */
  latencyMs: number
  /** Median of the dense policy on the same observations. */
  denseLatencyMs: number | undefined
  /** Distance of the pruned to the dense translations, averaged over the executed steps. */
  distanceMm: number
  rotationDeg: number
  /** Mean absolute difference to the dense actions over the executed steps and all dimensions, action units. */
  l1: number
  /** Share of executed steps in which both open or both close the gripper. */
  gripperAgreement: number
  /** `distanceMm` of the layered engine that keeps all: differences below it mean nothing. */
  floorMm: number | undefined
  queries: number
  replans: number
}

/**
 * Measures a run.
 * @returns undefined for a run without dense answers
 */
export function measureRun(run: RunRecord): RunMeasures | undefined {
  const { queries, model } = run
  const agreement = averageAgreement(distances(run, ({ chunk }) => chunk))
  if (!agreement) return undefined
  const floor = averageAgreement(distances(run, ({ keepAllChunk }) => keepAllChunk))
  const dense = queries.flatMap(({ denseLatencyMs }) => (denseLatencyMs === undefined ? [] : [denseLatencyMs]))
  return {
    budget: mean(queries.map(({ tokensPerLayer }) => tokenBudget(tokensPerLayer, model.visualTokens))),
    macsShare: mean(queries.map(({ tokensPerLayer }) => layerShare(tokensPerLayer, model))),
    latencyMs: median(queries.map(({ latencyMs }) => latencyMs)),
    denseLatencyMs: dense.length > 0 ? median(dense) : undefined,
    distanceMm: agreement.translationMm,
    rotationDeg: agreement.rotationDeg,
    l1: agreement.l1,
    gripperAgreement: agreement.gripperAgreement,
    floorMm: floor?.translationMm,
    queries: queries.length,
    replans: queries.filter(({ replan }) => replan).length,
  }
}

function distances({ queries, executeSteps }: RunRecord, chunkOf: (query: QueryRecord) => string | undefined) {
  return queries.flatMap((query) => {
    const chunk = chunkOf(query)
    if (chunk === undefined || chunk === '' || query.denseChunk === undefined) return []
    return [compareChunks(decodeFloats(chunk), decodeFloats(query.denseChunk), executeSteps)]
  })
}

function layerShare(tokensPerLayer: readonly number[], { layers, visualTokens, ...model }: RunRecord['model']): number {
  const macs = (visualTokensPerLayer: readonly number[]) =>
    queryMacs({ visualTokensPerLayer, fixedTokens: model.fixedTokens, shape: model })
  return macs(tokensPerLayer) / macs(new Array<number>(layers).fill(visualTokens))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
}
