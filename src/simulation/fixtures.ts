/** Things on the table that do not move during an episode. */
export type FixtureKind = 'tray'

/** Geometry of a fixture. */
export interface Fixture {
  /** MJCF geoms, in the frame of the fixture's body, whose origin lies on the table. */
  geoms: string
  /** Height of the surface that objects come to rest on, m. */
  surfaceHeightM: number
  /** Half the side of the square in which an object's centre counts as placed, m. */
  acceptHalfSideM: number
  /** Half the side of the square that other objects keep away from, m. */
  footprintHalfSideM: number
  /** RGB in [0, 1]. */
  rgb: readonly [number, number, number]
}

const TRAY_HALF_M = 0.08
const WALL_HALF_HEIGHT_M = 0.014
const WALL_HALF_THICKNESS_M = 0.004

function box(halfX: number, halfY: number, halfZ: number, x: number, y: number, z: number): string {
  return `<geom type="box" size="${halfX} ${halfY} ${halfZ}" pos="${x} ${y} ${z}"/>`
}

/** The fixtures by kind. */
export const FIXTURES: Record<FixtureKind, Fixture> = {
  tray: {
    geoms: [
      box(TRAY_HALF_M, TRAY_HALF_M, 0.002, 0, 0, 0.002),
      box(WALL_HALF_THICKNESS_M, TRAY_HALF_M, WALL_HALF_HEIGHT_M, TRAY_HALF_M, 0, WALL_HALF_HEIGHT_M),
      box(WALL_HALF_THICKNESS_M, TRAY_HALF_M, WALL_HALF_HEIGHT_M, -TRAY_HALF_M, 0, WALL_HALF_HEIGHT_M),
      box(TRAY_HALF_M, WALL_HALF_THICKNESS_M, WALL_HALF_HEIGHT_M, 0, TRAY_HALF_M, WALL_HALF_HEIGHT_M),
      box(TRAY_HALF_M, WALL_HALF_THICKNESS_M, WALL_HALF_HEIGHT_M, 0, -TRAY_HALF_M, WALL_HALF_HEIGHT_M),
    ].join(''),
    surfaceHeightM: 0.004,
    acceptHalfSideM: 0.07,
    footprintHalfSideM: 0.085,
    rgb: [0.24, 0.27, 0.31],
  },
}
