/** A point or direction, m or unitless, world frame unless stated. */
export type Vector3 = readonly [x: number, y: number, z: number]

/** Pose of the tool, pointing straight down: position in m and rotation about the vertical in rad. */
export interface ToolPose {
  x: number
  y: number
  z: number
  yaw: number
}

/** `value` limited to [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/** The angle wrapped to [-period/2, period/2). Periods below a turn express a shape's symmetry. */
export function wrapAngle(angle: number, period: number = 2 * Math.PI): number {
  return angle - period * Math.floor(angle / period + 0.5)
}

/** Distance in the horizontal plane, m. */
export function planarDistance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

/** `v` scaled to length 1. */
export function normalised(v: Vector3): Vector3 {
  const length = Math.hypot(v[0], v[1], v[2])
  return [v[0] / length, v[1] / length, v[2] / length]
}

/** Cross product. */
export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** Rotation about the vertical of a quaternion (w, x, y, z), rad. */
export function quaternionYaw(w: number, x: number, y: number, z: number): number {
  return Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
}
