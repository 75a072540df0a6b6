import { ACTION_SIZE } from '../schema/observation.ts'
import { rotationDistance } from './rotation.ts'

/** Physical size of 1.0 of an action. */
export interface ActionScale {
  translationMm: number
  rotationRad: number
}

/** The project's actions: 1.0 is 2.5 cm or 0.15 rad. */
export const ACTION_SCALE: ActionScale = { translationMm: 25, rotationRad: 0.15 }

/** How far a pruned chunk is from the dense chunk on the same observation. It is not task success. */
export interface Agreement {
  /** Executed steps that were compared. */
  steps: number
  /** Distance of the translations, averaged over steps, and the largest. */
  translationMm: number
  maxTranslationMm: number
  /** Angle between the rotations, averaged over steps, and the largest. */
  rotationDeg: number
  maxRotationDeg: number
  /** Share of steps in which the gripper opens (>= 0) or closes in both. */
  gripperAgreement: number
  /** Mean absolute difference over steps and all 7 dimensions, in action units. */
  l1: number
}

const DEGREES_PER_RADIAN = 180 / Math.PI

/**
 * Compares two chunks over the steps that are executed.
 * @param pruned row-major `[chunk, 7]`
 * @param dense the same shape, or longer: a method that repeats one action predicts no more
 * @param steps executed steps, at least 1; more than the chunk has means all of it
 * @throws if the pruned chunk is the longer one or nothing is compared
 */
export function compareChunks(
  pruned: ArrayLike<number>,
  dense: ArrayLike<number>,
  steps: number,
  scale: ActionScale = ACTION_SCALE,
): Agreement {
  const count = Math.min(steps, pruned.length / ACTION_SIZE)
  if (pruned.length > dense.length) throw new Error(`Chunks of ${pruned.length} and ${dense.length} numbers.`)
  if (count < 1) throw new Error('Agreement needs at least one executed step.')
  const rows = Array.from({ length: count }, (_, step) => compareStep(pruned, dense, step * ACTION_SIZE, scale))
  const mean = (of: (row: StepDifference) => number) => rows.reduce((sum, row) => sum + of(row), 0) / count
  return {
    steps: count,
    translationMm: mean((row) => row.translationMm),
    maxTranslationMm: Math.max(...rows.map((row) => row.translationMm)),
    rotationDeg: mean((row) => row.rotationDeg),
    maxRotationDeg: Math.max(...rows.map((row) => row.rotationDeg)),
    gripperAgreement: mean((row) => (row.sameGripper ? 1 : 0)),
    l1: mean((row) => row.l1),
  }
}

interface StepDifference {
  translationMm: number
  rotationDeg: number
  sameGripper: boolean
  l1: number
}

function compareStep(a: ArrayLike<number>, b: ArrayLike<number>, at: number, scale: ActionScale): StepDifference {
  const difference = (i: number) => a[at + i] - b[at + i]
  const rotationOf = (chunk: ArrayLike<number>) => [3, 4, 5].map((i) => chunk[at + i] * scale.rotationRad)
  let l1 = 0
  for (let i = 0; i < ACTION_SIZE; i++) l1 += Math.abs(difference(i)) / ACTION_SIZE
  return {
    translationMm: scale.translationMm * Math.hypot(difference(0), difference(1), difference(2)),
    rotationDeg: DEGREES_PER_RADIAN * rotationDistance(rotationOf(a), rotationOf(b)),
    sameGripper: a[at + 6] >= 0 === b[at + 6] >= 0,
    l1,
  }
}

/** Agreement over many queries: every executed step counts the same. @returns undefined for no queries. */
export function averageAgreement(agreements: readonly Agreement[]): Agreement | undefined {
  const steps = agreements.reduce((sum, entry) => sum + entry.steps, 0)
  if (steps === 0) return undefined
  const mean = (of: (entry: Agreement) => number) =>
    agreements.reduce((sum, entry) => sum + of(entry) * entry.steps, 0) / steps
  const largest = (of: (entry: Agreement) => number) => agreements.reduce((max, entry) => Math.max(max, of(entry)), 0)
  return {
    steps,
    translationMm: mean((entry) => entry.translationMm),
    maxTranslationMm: largest((entry) => entry.maxTranslationMm),
    rotationDeg: mean((entry) => entry.rotationDeg),
    maxRotationDeg: largest((entry) => entry.maxRotationDeg),
    gripperAgreement: mean((entry) => entry.gripperAgreement),
    l1: mean((entry) => entry.l1),
  }
}
