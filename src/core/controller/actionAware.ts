import type { ControllerMode } from '../pruning/contract.ts'
import type { Action } from '../schema/observation.ts'

/** How fast the gripper moves at one control step, in normalised action units (1 = the largest step). */
export interface Motion {
  /** Norm of (dx, dy, dz): v_t. */
  translation: number
  /** Norm of (dx, dy). */
  lateral: number
  /** Norm of (droll, dpitch, dyaw): v_r. */
  rotation: number
  /** dz, positive upwards. */
  rise: number
}

/**
 * When fine mode ends. `lift`: the gripper rises or turns fast (the rule of the code, which alone prints numbers).
 * `speed`: it moves or turns faster than the thresholds for entering (the wording of the paper). `lift-at-end`: as `lift`,
 * but turning counts only after the last action of a chunk (the code to the letter).
 */
export type LeaveRule = 'lift' | 'speed' | 'lift-at-end'

/** When fine mode begins. `slow`: slow in all and not rising (the paper). `code`: as the published code has it, see {@link nextMode}. */
export type EnterRule = 'slow' | 'code'

/** Thresholds of the controller, in normalised action units. */
export interface ControllerSettings {
  /** Fine mode begins below this translation (v_t) ... */
  fineTranslation: number
  /** ... and below this rotation (v_r), when not rising. */
  fineRotation: number
  enterRule: EnterRule
  /** Rule `code`: ... or below this lateral translation with `fineRotation` and with dz below `fineRise`. */
  fineLateral: number
  fineRise: number
  leaveRule: LeaveRule
  /** Rule `lift`: fine mode ends above this dz ... */
  exitRise: number
  /** ... or above this rotation. */
  exitRotation: number
}

/** Speeds of an action. @param action at least 6 numbers: translation, rotation. */
export function motionOf(action: ArrayLike<number>): Motion {
  return {
    translation: Math.hypot(action[0], action[1], action[2]),
    lateral: Math.hypot(action[0], action[1]),
    rotation: Math.hypot(action[3], action[4], action[5]),
    rise: action[2],
  }
}

/**
 * The mode after an executed action (SpecPrune-VLA section 4.4). Fine mode begins when the gripper is slow in translation and
 * rotation and does not rise: it approaches something. All comparisons are strict except dz <= 0. The published code reads
 * `v < V or xy < XY and z < Z and rot < R`: "and" binds tighter, so slowness alone is enough, also while rising or turning.
 * @param remaining actions of the chunk that would still be executed; only the rule `lift-at-end` asks
 */
export function nextMode(
  mode: ControllerMode,
  motion: Motion,
  settings: ControllerSettings,
  remaining = 0,
): ControllerMode {
  if (mode === 'coarse') return approaches(motion, settings) ? 'fine' : 'coarse'
  return leaves(motion, settings, remaining) ? 'coarse' : 'fine'
}

function approaches(
  { translation, lateral, rotation, rise }: Motion,
  { enterRule, fineTranslation, fineRotation, fineLateral, fineRise }: ControllerSettings,
): boolean {
  if (enterRule === 'slow') return translation < fineTranslation && rotation < fineRotation && rise <= 0
  return translation < fineTranslation || (lateral < fineLateral && rise < fineRise && rotation < fineRotation)
}

function leaves({ translation, rotation, rise }: Motion, settings: ControllerSettings, remaining: number): boolean {
  const { leaveRule, fineTranslation, fineRotation, exitRise, exitRotation } = settings
  if (leaveRule === 'speed') return translation > fineTranslation || rotation > fineRotation
  return rise > exitRise || (rotation > exitRotation && (leaveRule === 'lift' || remaining === 0))
}

/**
 * Whether the rest of the chunk is thrown away: it was predicted with coarse pruning and precise motion begins now.
 * @param remaining actions of the chunk that would still be executed
 */
export function shouldReplan(before: ControllerMode, after: ControllerMode, remaining: number): boolean {
  return before === 'coarse' && after === 'fine' && remaining > 0
}

/** Norm of the summed translation of actions, in action units: the v of the look-back. 0 for no actions. */
export function travelledDistance(actions: readonly Action[]): number {
  let x = 0
  let y = 0
  let z = 0
  for (const action of actions) {
    x += action[0]
    y += action[1]
    z += action[2]
  }
  return Math.hypot(x, y, z)
}
