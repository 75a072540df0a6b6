import type { DoubleBuffer, IntBuffer } from '@mujoco/mujoco'
import type { RgbImage, ViewId } from '../core/schema/observation.ts'
import { IMAGE_SIZE } from './constants.ts'
import { FIXTURES } from './fixtures.ts'
import { cross, normalised, type Vector3 } from './geometry.ts'
import type { CompiledScene, GeomOwner } from './model-cache.ts'
import type { Mujoco } from './mujoco.ts'
import { COLOUR_RGB } from './shapes.ts'
import type { TaskDefinition } from './tasks.ts'

/** A rendered view: what is seen, and which geom each pixel shows (-1: none). */
export interface RenderedView {
  image: RgbImage
  /** One entry per pixel, row-major. */
  geomIds: Int32Array
}

/** Pose of a pinhole camera; the axes are unit vectors, `down` and `right` follow the image. */
interface CameraPose {
  position: Vector3
  right: Vector3
  down: Vector3
  forward: Vector3
}

const PIXELS = IMAGE_SIZE * IMAGE_SIZE
const MAX_DISTANCE_M = 5

/** Vertical field of view, rad. */
const FIELD_OF_VIEW_RAD: Record<ViewId, number> = { front: 0.68, wrist: 1.35 }

const FRONT_POSITION: Vector3 = [0.72, 0, 0.66]
const FRONT_LOOK_AT: Vector3 = [-0.05, 0, 0.075]

const ARM_RGB: Vector3 = [0.9, 0.9, 0.91]
const HAND_RGB: Vector3 = [0.5, 0.52, 0.55]
const FINGER_RGB: Vector3 = [0.13, 0.14, 0.16]
const BACKGROUND_RGB: Vector3 = [0.8, 0.84, 0.88]

/**
 * Draws the policy's cameras with MuJoCo's own ray caster: no graphics card, the same pixels in Node, a worker and a
 * page, and the geom of each pixel for free.
 */
export class CameraRig {
  private readonly mujoco: Mujoco
  private readonly geomIds: IntBuffer
  private readonly distances: DoubleBuffer
  private readonly normals: DoubleBuffer
  private readonly directions = new Float64Array(3 * PIXELS)
  private readonly cameraRays: Record<ViewId, Float64Array>

  constructor(mujoco: Mujoco) {
    this.mujoco = mujoco
    this.geomIds = new mujoco.IntBuffer(PIXELS)
    this.distances = new mujoco.DoubleBuffer(PIXELS)
    this.normals = new mujoco.DoubleBuffer(3 * PIXELS)
    this.cameraRays = { front: cameraRays(FIELD_OF_VIEW_RAD.front), wrist: cameraRays(FIELD_OF_VIEW_RAD.wrist) }
  }

  /** Renders a view of the scene as its kinematics stand. */
  render(scene: CompiledScene, task: TaskDefinition, view: ViewId): RenderedView {
    const pose = view === 'front' ? frontPose(task) : wristPose(scene)
    this.castRays(scene, pose, this.cameraRays[view])
    const geomIds = Int32Array.from(this.geomIds.GetView() as Int32Array)
    const data = shade(geomIds, this.normals.GetView() as Float64Array, this.directions, scene, task)
    return { image: { width: IMAGE_SIZE, height: IMAGE_SIZE, data }, geomIds }
  }

  /** Frees the wasm memory. The object must not be used afterwards. */
  dispose(): void {
    this.geomIds.delete()
    this.distances.delete()
    this.normals.delete()
  }

  private castRays(scene: CompiledScene, pose: CameraPose, rays: Float64Array): void {
    const { right, down, forward } = pose
    const out = this.directions
    for (let i = 0; i < 3 * PIXELS; i += 3) {
      const [a, b, c] = [rays[i], rays[i + 1], rays[i + 2]]
      out[i] = a * right[0] + b * down[0] + c * forward[0]
      out[i + 1] = a * right[1] + b * down[1] + c * forward[1]
      out[i + 2] = a * right[2] + b * down[2] + c * forward[2]
    }
    // The binding takes any array of numbers; its types name only the plain one.
    const vectors = out as unknown as number[]
    this.mujoco.mj_multiRay(
      scene.model,
      scene.data,
      [...pose.position],
      vectors,
      [1, 1, 1, 1, 1, 1],
      true,
      -1,
      this.geomIds,
      this.distances,
      this.normals,
      PIXELS,
      MAX_DISTANCE_M,
    )
  }
}

/** Unit rays through the pixel centres in the camera's frame (right, down, forward). */
function cameraRays(fieldOfViewRad: number): Float64Array {
  const rays = new Float64Array(3 * PIXELS)
  const scale = Math.tan(fieldOfViewRad / 2) / (IMAGE_SIZE / 2)
  for (let y = 0; y < IMAGE_SIZE; y++) {
    for (let x = 0; x < IMAGE_SIZE; x++) {
      const a = (x + 0.5 - IMAGE_SIZE / 2) * scale
      const b = (y + 0.5 - IMAGE_SIZE / 2) * scale
      const length = Math.sqrt(a * a + b * b + 1)
      rays.set([a / length, b / length, 1 / length], 3 * (y * IMAGE_SIZE + x))
    }
  }
  return rays
}

function lookingAt(position: Vector3, target: Vector3, up: Vector3): CameraPose {
  const forward = normalised([target[0] - position[0], target[1] - position[1], target[2] - position[2]])
  const right = normalised(cross(forward, up))
  return { position, right, down: cross(forward, right), forward }
}

function frontPose(task: TaskDefinition): CameraPose {
  const { frontCameraOffset, frontLookAtOffset } = task.appearance
  return lookingAt(add(FRONT_POSITION, frontCameraOffset), add(FRONT_LOOK_AT, frontLookAtOffset), [0, 0, 1])
}

/** The wrist camera sits beside the hand and looks at the tool point; the image's top is the hand's far side. */
function wristPose(scene: CompiledScene): CameraPose {
  const sites = scene.data.site_xpos as Float64Array
  const rotation = (scene.data.site_xmat as Float64Array).subarray(9 * scene.toolSite)
  const position = pointAt(sites, scene.wristCameraSite)
  const tool = pointAt(sites, scene.toolSite)
  const handAxis: Vector3 = [rotation[0], rotation[3], rotation[6]]
  const lookAt: Vector3 = [
    tool[0] + WRIST_LOOK_AHEAD_M * handAxis[0],
    tool[1] + WRIST_LOOK_AHEAD_M * handAxis[1],
    tool[2] + WRIST_LOOK_AHEAD_M * handAxis[2],
  ]
  return lookingAt(position, lookAt, handAxis)
}

/** The wrist camera aims this far beyond the tool point, on its own side of the hand, to see more of the table, m. */
const WRIST_LOOK_AHEAD_M = 0.015

function pointAt(sites: Float64Array, site: number): Vector3 {
  return [sites[3 * site], sites[3 * site + 1], sites[3 * site + 2]]
}

function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/** Lambert shading with an ambient share; faces are lit as seen from the camera's side. */
function shade(
  geomIds: Int32Array,
  normals: Float64Array,
  directions: Float64Array,
  scene: CompiledScene,
  task: TaskDefinition,
): Uint8Array {
  const colours = scene.geomOwners.map((owner) => ownerColour(owner, task))
  const [lx, ly, lz] = task.appearance.lightDirection
  const { ambient } = task.appearance
  const data = new Uint8Array(3 * PIXELS)
  for (let pixel = 0, i = 0; pixel < PIXELS; pixel++, i += 3) {
    const geom = geomIds[pixel]
    const colour = geom < 0 ? BACKGROUND_RGB : colours[geom]
    let light = 1
    if (geom >= 0) {
      const [nx, ny, nz] = [normals[i], normals[i + 1], normals[i + 2]]
      const facing = nx * directions[i] + ny * directions[i + 1] + nz * directions[i + 2] > 0 ? -1 : 1
      light = ambient + (1 - ambient) * Math.max(0, facing * (nx * lx + ny * ly + nz * lz))
    }
    for (let c = 0; c < 3; c++) data[i + c] = Math.min(255, Math.floor(255 * colour[c] * light + 0.5))
  }
  return data
}

/** RGB in [0, 1] of the geoms of an owner. */
export function ownerColour(owner: GeomOwner, task: TaskDefinition): Vector3 {
  switch (owner.kind) {
    case 'table':
      return task.appearance.tableRgb
    case 'arm':
      return ARM_RGB
    case 'hand':
      return HAND_RGB
    case 'finger':
      return FINGER_RGB
    case 'fixture': {
      const { colour } = task.fixtures[owner.index]
      return colour === undefined ? FIXTURES[owner.fixture].rgb : COLOUR_RGB[colour]
    }
    case 'object': {
      const rgb = COLOUR_RGB[task.objects[owner.index].colour]
      const gain = task.appearance.objectGain[owner.index]
      return [rgb[0] * gain[0], rgb[1] * gain[1], rgb[2] * gain[2]]
    }
  }
}
