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
  /** The query to look at first; undefined when all chunks are equal. */
  worst: AgreementPoint | undefined
  executeSteps: number
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
    worst: findWorst(points),
    executeSteps: run.executeSteps,
  }
}

function agreementOf({ chunk, denseChunk }: QueryRecord, executeSteps: number): Agreement | undefined {
  // An imported file may hold chunks of two models.
  if (denseChunk?.length !== chunk.length) return undefined
  return compareChunks(decodeFloats(chunk), decodeFloats(denseChunk), executeSteps)
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
