import { averageAgreement, compareChunks } from '../../core/metrics/agreement.ts'
import type { Agreement } from '../../core/metrics/agreement.ts'
import { decodeFloats } from '../../core/schema/base64.ts'
import type { QueryRecord, RunRecord } from '../../core/schema/runRecord.ts'
import { quantile } from '../../core/statistics/quantile.ts'
import type { TableRow } from './DataTable.tsx'
import { formatDistance, formatPercent } from './format.ts'

export interface AgreementPoint extends Agreement {
  step: number
}

/** Over queries. */
export interface Quantiles {
  p50: number
  p95: number
}

export interface AgreementModel {
  points: readonly AgreementPoint[]
  translation: Quantiles
  rotation: Quantiles
  /** Share of executed steps in which both open or both close. */
  gripper: number
  /** How far the layered engine that keeps all lies from the dense graph; undefined where it was not run. */
  floor: NoiseFloor | undefined
  /** The query to look at first; undefined when all chunks are equal. */
  worst: AgreementPoint | undefined
  executeSteps: number
}

/** Differences below these are the engine's own, not the method's: the largest over the queries that were compared. */
export interface NoiseFloor {
  translationMm: number
  rotationDeg: number
  /** Queries in which it was measured. */
  count: number
}

export const OPEN_LOOP_CAVEAT = 'Open-loop agreement is not task success.'

/** What the agreement chart draws; undefined where no query was also answered by the dense policy. */
export function createAgreementModel(run: RunRecord): AgreementModel | undefined {
  const points = run.queries.flatMap((query): AgreementPoint[] => {
    const agreement = agreementOf(query, run.executeSteps)
    return agreement ? [{ ...agreement, step: query.step }] : []
  })
  const average = averageAgreement(points)
  if (!average) return undefined
  return {
    points,
    translation: quantiles(points.map(({ translationMm }) => translationMm)),
    rotation: quantiles(points.map(({ rotationDeg }) => rotationDeg)),
    gripper: average.gripperAgreement,
    floor: noiseFloor(run),
    worst: findWorst(points),
    executeSteps: run.executeSteps,
  }
}

function agreementOf({ chunk, denseChunk }: QueryRecord, executeSteps: number): Agreement | undefined {
  return compare(chunk, denseChunk, executeSteps)
}

function compare(chunk: string | undefined, dense: string | undefined, executeSteps: number): Agreement | undefined {
  // An imported file may hold chunks of two models.
  if (chunk === undefined || dense?.length !== chunk.length) return undefined
  return compareChunks(decodeFloats(chunk), decodeFloats(dense), executeSteps)
}

function noiseFloor({ queries, executeSteps }: RunRecord): NoiseFloor | undefined {
  const compared = queries.flatMap(
    ({ keepAllChunk, denseChunk }) => compare(keepAllChunk, denseChunk, executeSteps) ?? [],
  )
  if (compared.length === 0) return undefined
  return {
    translationMm: Math.max(...compared.map(({ maxTranslationMm }) => maxTranslationMm)),
    rotationDeg: Math.max(...compared.map(({ maxRotationDeg }) => maxRotationDeg)),
    count: compared.length,
  }
}

/** The floor in words, with its number; exact equality is called that. */
export function describeFloor({ translationMm, rotationDeg, count }: NoiseFloor): string {
  const source = `layered engine that keeps all against the dense graph, n ${count}`
  if (translationMm === 0 && rotationDeg === 0) return `Noise floor: exactly 0 (${source}).`
  return `Noise floor: up to ${formatTiny(translationMm)} mm and ${formatTiny(rotationDeg)}° (${source}).`
}

function formatTiny(value: number): string {
  return value > 0 && value < 0.01 ? value.toExponential(1) : formatDistance(value)
}

function quantiles(values: readonly number[]): Quantiles {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95) }
}

/** A gripper that does the opposite outweighs any distance; then the farthest translation, then rotation. */
function findWorst(points: readonly AgreementPoint[]): AgreementPoint | undefined {
  const worst = points.reduce((a, b) => (isWorse(b, a) ? b : a))
  const differs = worst.translationMm > 0 || worst.rotationDeg > 0 || worst.gripperAgreement < 1
  return differs ? worst : undefined
}

function isWorse(a: AgreementPoint, b: AgreementPoint): boolean {
  if (a.gripperAgreement !== b.gripperAgreement) return a.gripperAgreement < b.gripperAgreement
  if (a.translationMm !== b.translationMm) return a.translationMm > b.translationMm
  return a.rotationDeg > b.rotationDeg
}

/** One sentence with the chart's message. */
export function describeAgreement({ points, translation, rotation, gripper }: AgreementModel): string {
  return (
    `Pruned against dense actions in ${points.length} queries: translation p50 ${formatDistance(translation.p50)} mm, ` +
    `rotation p50 ${formatDistance(rotation.p50)}°, gripper agrees in ${formatPercent(gripper)} of steps.`
  )
}

/** `frame 40: 12.1 mm, 3.20°, gripper 0 %`. */
export function describePoint({ step, translationMm, rotationDeg, gripperAgreement }: AgreementPoint): string {
  return `frame ${step}: ${formatDistance(translationMm)} mm, ${formatDistance(rotationDeg)}°, gripper agrees in ${formatPercent(gripperAgreement)}`
}

/** Rows of the table twin. */
export function agreementRows({ points }: AgreementModel): TableRow[] {
  return points.map(({ step, translationMm, rotationDeg, gripperAgreement }) => ({
    key: step,
    frame: step,
    cells: [formatDistance(translationMm), formatDistance(rotationDeg), formatPercent(gripperAgreement)],
  }))
}

/** Headings of {@link agreementRows}, after the frame's. */
export const AGREEMENT_COLUMNS = ['Translation (mm)', 'Rotation (°)', 'Gripper agrees'] as const
