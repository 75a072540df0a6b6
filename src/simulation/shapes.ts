/** Shapes that objects can have; also words of the vocabulary. */
export const SHAPE_NAMES = ['cube', 'cylinder', 'brick'] as const
export type ShapeName = (typeof SHAPE_NAMES)[number]

/** Colours that objects can have; also words of the vocabulary. */
export const COLOUR_NAMES = ['red', 'green', 'blue', 'yellow', 'purple', 'orange'] as const
export type ColourName = (typeof COLOUR_NAMES)[number]

/** Linear-looking RGB in [0, 1] of each colour, chosen far apart in hue. */
export const COLOUR_RGB: Record<ColourName, readonly [number, number, number]> = {
  red: [0.82, 0.08, 0.1],
  green: [0.1, 0.6, 0.18],
  blue: [0.1, 0.28, 0.85],
  yellow: [0.97, 0.88, 0.12],
  purple: [0.52, 0.13, 0.66],
  orange: [0.98, 0.47, 0.04],
}

/** What the simulator and the expert need to know of a shape. */
export interface Shape {
  /** Attributes of its MJCF geom. */
  geom: string
  /** Height of the centre above the surface that the object stands on, m. */
  restHeightM: number
  /** Half the width between the fingers in a proper grasp, m. */
  graspHalfWidthM: number
  /** Radius of the circle around its outline seen from above, m. */
  footprintRadiusM: number
  /** Rotations by this angle look the same and grasp the same, rad; undefined when every rotation does. */
  yawPeriodRad: number | undefined
  /** Objects are laid out with a rotation in [-limit, limit], rad. */
  yawLimitRad: number
}

/**
 * The shapes. A brick's rotation stays within 60 degrees, so that exactly one of its two equivalent grasps lies in the
 * wrist's comfortable range and the label is unique.
 */
export const SHAPES: Record<ShapeName, Shape> = {
  cube: {
    geom: 'type="box" size="0.021 0.021 0.021" mass="0.06"',
    restHeightM: 0.021,
    graspHalfWidthM: 0.021,
    footprintRadiusM: 0.03,
    yawPeriodRad: Math.PI / 2,
    yawLimitRad: Math.PI / 4,
  },
  cylinder: {
    geom: 'type="cylinder" size="0.021 0.03" mass="0.06"',
    restHeightM: 0.03,
    graspHalfWidthM: 0.021,
    footprintRadiusM: 0.021,
    yawPeriodRad: undefined,
    yawLimitRad: Math.PI,
  },
  brick: {
    geom: 'type="box" size="0.043 0.017 0.017" mass="0.06"',
    restHeightM: 0.017,
    graspHalfWidthM: 0.017,
    footprintRadiusM: 0.046,
    yawPeriodRad: Math.PI,
    yawLimitRad: Math.PI / 3,
  },
}
