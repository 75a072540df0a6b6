/** Things on the table that do not move during an episode; their names are also words of the vocabulary. */
export type FixtureKind = 'tray' | 'plate' | 'pad'

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
  /** Whether an open gripper beside it needs no room: nothing of it can be bumped into. */
  flat: boolean
  /** RGB in [0, 1]; a fixture with a colour of its own (a pad) has that instead. */
  rgb: readonly [number, number, number]
}

const TRAY_HALF_M = 0.08
const PAD_HALF_M = 0.042
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
    flat: false,
    rgb: [0.24, 0.27, 0.31],
  },
  plate: {
    geoms:
      '<geom type="cylinder" size="0.062 0.002" pos="0 0 0.002"/>' +
      '<geom type="cylinder" size="0.042 0.001" pos="0 0 0.005"/>',
    surfaceHeightM: 0.006,
    acceptHalfSideM: 0.045,
    footprintHalfSideM: 0.062,
    flat: false,
    rgb: [0.96, 0.95, 0.93],
  },
  // Drawn but never touched: things are pushed across its edge.
  pad: {
    geoms: `<geom type="box" size="${PAD_HALF_M} ${PAD_HALF_M} 0.0005" pos="0 0 0.0005" contype="0" conaffinity="0"/>`,
    surfaceHeightM: 0,
    acceptHalfSideM: 0.035,
    footprintHalfSideM: PAD_HALF_M,
    flat: true,
    rgb: [0.5, 0.5, 0.5],
  },
}
