import type { SceneGeom } from '../../simulation/sceneGeometry.ts'
import { POSE_SIZE } from '../../simulation/sceneGeometry.ts'

/** A sixteen-number matrix, column by column, as three.js keeps it. */
export type Matrix = readonly number[]

/**
 * Pose of a geom as a matrix.
 * @param poses `POSE_SIZE` numbers per geom: position, then the rotation row by row
 */
export function poseMatrix(poses: Float32Array, geom: number): Matrix {
  const [x, y, z, xx, xy, xz, yx, yy, yz, zx, zy, zz] = poses.subarray(geom * POSE_SIZE, (geom + 1) * POSE_SIZE)
  return [xx, yx, zx, 0, xy, yy, zy, 0, xz, yz, zz, 0, x, y, z, 1]
}

/** How three.js builds a geom: its own shapes stand along y, MuJoCo's along z. */
export type Solid =
  | { kind: 'box'; sides: readonly [number, number, number] }
  | { kind: 'cylinder'; radius: number; height: number; alongZ: true }
  | { kind: 'capsule'; radius: number; length: number; alongZ: true }
  | { kind: 'sphere'; scale: readonly [number, number, number] }

/** A geom's solid, m. */
export function solidOf({ shape, size: [a, b, c] }: SceneGeom): Solid {
  switch (shape) {
    case 'box':
      return { kind: 'box', sides: [2 * a, 2 * b, 2 * c] }
    case 'cylinder':
      return { kind: 'cylinder', radius: a, height: 2 * b, alongZ: true }
    case 'capsule':
      return { kind: 'capsule', radius: a, length: 2 * b, alongZ: true }
    case 'sphere':
      return { kind: 'sphere', scale: [a, a, a] }
    case 'ellipsoid':
      return { kind: 'sphere', scale: [a, b, c] }
  }
}

/** Way on the table of one press of an arrow key, m; the camera looks at the robot, so its left is the robot's right. */
export const KEY_STEP_M = 0.01

/** What an arrow key does to an object, as somebody sees it who looks at the robot; undefined for other keys. */
export function keyMove(key: string, fast: boolean): { x: number; y: number } | undefined {
  const step = fast ? 4 * KEY_STEP_M : KEY_STEP_M
  switch (key) {
    case 'ArrowLeft':
      return { x: 0, y: -step }
    case 'ArrowRight':
      return { x: 0, y: step }
    case 'ArrowUp':
      return { x: -step, y: 0 }
    case 'ArrowDown':
      return { x: step, y: 0 }
    default:
      return undefined
  }
}
