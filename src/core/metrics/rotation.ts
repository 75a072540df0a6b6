/** A unit quaternion (w, x, y, z). */
type Quaternion = readonly [number, number, number, number]

/**
 * Angle between two rotations given as rotation vectors (axis times angle): the geodesic distance on SO(3).
 * @param a three numbers, rad
 * @param b three numbers, rad
 * @returns rad, 0 ... pi
 */
export function rotationDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [aw, ax, ay, az] = quaternionOf(a)
  const [bw, bx, by, bz] = quaternionOf(b)
  const w = aw * bw + ax * bx + ay * by + az * bz
  const x = aw * bx - ax * bw - ay * bz + az * by
  const y = aw * by + ax * bz - ay * bw - az * bx
  const z = aw * bz - ax * by + ay * bx - az * bw
  // atan2 instead of acos keeps small angles exact; |w| takes the shorter way round.
  return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w))
}

function quaternionOf(vector: ArrayLike<number>): Quaternion {
  const angle = Math.hypot(vector[0], vector[1], vector[2])
  const scale = angle < 1e-12 ? 0.5 : Math.sin(angle / 2) / angle
  return [Math.cos(angle / 2), vector[0] * scale, vector[1] * scale, vector[2] * scale]
}
