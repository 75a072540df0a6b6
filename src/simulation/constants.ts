/** Control steps a second: one action each. */
export const CONTROL_HZ = 20

/** Physics steps in one control step. */
export const SUBSTEPS = 12

/** Physics time step, s. */
export const TIMESTEP_S = 1 / (CONTROL_HZ * SUBSTEPS)

/** Control steps after which an unsolved episode counts as failed. */
export const HORIZON_STEPS = 150

/** Translation of a full action component, m. */
export const ACTION_TRANSLATION_M = 0.025

/** Rotation of a full action component, rad. */
export const ACTION_ROTATION_RAD = 0.15

/** Largest travel of one finger from the closed position, m; the gap between the fingers is twice that. */
export const FINGER_TRAVEL_M = 0.04

/** How far a finger's set point moves in one control step, m: slamming shut drives the pads into the object. */
export const FINGER_STEP_M = 0.012

/** Side of the square policy images, pixels. */
export const IMAGE_SIZE = 128

/** Side of one patch, pixels. */
export const PATCH_SIZE = 8

/** Patches along one side of a view. */
export const PATCH_GRID = IMAGE_SIZE / PATCH_SIZE

/** Actions in one predicted chunk. */
export const CHUNK_STEPS = 8

/** Where the arm's commanded tool point may go, m, world frame (the table top is z = 0). */
export const WORKSPACE = { minX: -0.18, maxX: 0.22, minY: -0.32, maxY: 0.32, minZ: 0.012, maxZ: 0.36 } as const

/** Position of the arm's base on the table, m. */
export const ARM_BASE_X_M = -0.5
