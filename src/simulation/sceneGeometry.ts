import { ownerColour } from './cameras.ts'
import type { SimulationEnvironment } from './environment.ts'
import type { Vector3 } from './geometry.ts'

/** Shapes that a geom can have here. */
export type GeomShape = 'sphere' | 'capsule' | 'ellipsoid' | 'cylinder' | 'box'

/** What never changes about a geom during an episode. */
export interface SceneGeom {
  shape: GeomShape
  /** MuJoCo's half sizes, m: box (x, y, z); capsule and cylinder (radius, half length along z). */
  size: Vector3
  /** RGB in [0, 1], as the policy's cameras show it. */
  rgb: Vector3
  /** Index of the task's object that it belongs to. */
  object?: number
}

/** A scene for viewers: the geoms that the policy's cameras see, in the order of their poses. */
export interface SceneGeometry {
  geoms: readonly SceneGeom[]
  /** Towards the light, unit length, world frame (x forward, z up). */
  lightDirection: Vector3
}

/** Numbers per geom in {@link geomPoses}: position (3), rotation matrix row by row (9). */
export const POSE_SIZE = 12

/** Names of MuJoCo's geom types (`mjtGeom`) by number, where this project uses them. */
const SHAPES_BY_TYPE: Readonly<Record<number, GeomShape>> = {
  2: 'sphere',
  3: 'capsule',
  4: 'ellipsoid',
  5: 'cylinder',
  6: 'box',
}

/**
 * Describes the scene of an environment that has been reset.
 * @throws Error when the scene holds a kind of geom that viewers cannot draw
 */
export function sceneGeometry(environment: SimulationEnvironment): SceneGeometry {
  const { model, geomOwners } = environment.compiled()
  const types = Array.from(model.geom_type as Int32Array)
  const sizes = model.geom_size as Float64Array
  const geoms = types.map((type, geom): SceneGeom => {
    const shape = SHAPES_BY_TYPE[type]
    if (shape === undefined) throw new Error(`Geom ${geom} has MuJoCo's type ${type}, which viewers cannot draw.`)
    const owner = geomOwners[geom]
    return {
      shape,
      size: [sizes[3 * geom], sizes[3 * geom + 1], sizes[3 * geom + 2]],
      rgb: [...ownerColour(owner, environment.task)],
      ...(owner.kind === 'object' ? { object: owner.index } : {}),
    }
  })
  return { geoms, lightDirection: environment.task.appearance.lightDirection }
}

/** Poses of all geoms as they stand, {@link POSE_SIZE} numbers each. */
export function geomPoses(environment: SimulationEnvironment): Float32Array {
  const { data, geomOwners } = environment.compiled()
  const positions = data.geom_xpos as Float64Array
  const rotations = data.geom_xmat as Float64Array
  const poses = new Float32Array(geomOwners.length * POSE_SIZE)
  for (let geom = 0; geom < geomOwners.length; geom++) {
    poses.set(positions.subarray(3 * geom, 3 * geom + 3), POSE_SIZE * geom)
    poses.set(rotations.subarray(9 * geom, 9 * geom + 9), POSE_SIZE * geom + 3)
  }
  return poses
}
