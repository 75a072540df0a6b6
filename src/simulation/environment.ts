import { type Action, ACTION_SIZE, type Observation, type RgbImage, type ViewId } from '../core/schema/observation.ts'
import { CameraRig, type RenderedView } from './cameras.ts'
import {
  ACTION_ROTATION_RAD,
  ACTION_TRANSLATION_M,
  FINGER_STEP_M,
  FINGER_TRAVEL_M,
  SUBSTEPS,
  WORKSPACE,
} from './constants.ts'
import { clamp, quaternionYaw, type ToolPose } from './geometry.ts'
import { ArmKinematics } from './kinematics.ts'
import { type CompiledScene, ModelCache } from './model-cache.ts'
import { isLive, loadMujoco, type Mujoco, type MujocoOptions } from './mujoco.ts'
import { ARM_JOINTS } from './scene.ts'
import { SHAPES } from './shapes.ts'
import type { TaskDefinition } from './tasks.ts'
import { initialWorld, type ObjectPose, proprioOf, type WorldState } from './world.ts'

/** Largest lead of the commanded over the measured tool position, m, so that a blocked arm winds up no further. */
const MAX_COMMAND_LEAD_M = 0.06
const MAX_COMMAND_LEAD_RAD = 0.4
const MAX_YAW_RAD = 1.6

const IK_ITERATIONS = 4

/** Arrays inside wasm memory; taken anew on each reset and whenever memory growth has detached them. */
interface SceneViews {
  qpos: Float64Array
  qvel: Float64Array
  ctrl: Float64Array
  warmstart: Float64Array
  mocapPositions: Float64Array
  sites: Float64Array
  siteRotations: Float64Array
}

/**
 * The table-top world: MuJoCo physics at 240 Hz under actions at 20 Hz. Knows nothing of success; see `rollout.ts`.
 * Call {@link reset} before anything else and {@link dispose} at the end.
 */
export class SimulationEnvironment {
  private readonly mujoco: Mujoco
  private readonly cache: ModelCache
  private readonly kinematics: ArmKinematics
  private readonly cameras: CameraRig
  private readonly joints = new Float64Array(ARM_JOINTS)
  private scene: CompiledScene | undefined
  private currentTask: TaskDefinition | undefined
  private cachedViews: SceneViews | undefined
  private command: ToolPose = { x: 0, y: 0, z: 0, yaw: 0 }
  private gripper: WorldState['gripper'] = 'open'

  constructor(mujoco: Mujoco) {
    this.mujoco = mujoco
    this.cache = new ModelCache(mujoco)
    this.kinematics = new ArmKinematics(mujoco)
    this.cameras = new CameraRig(mujoco)
  }

  /** The task of the running episode; assign to change the instruction or looks without touching the physics. */
  get task(): TaskDefinition {
    if (this.currentTask === undefined) throw new Error('The environment has no task yet: call reset first.')
    return this.currentTask
  }

  set task(task: TaskDefinition) {
    this.currentTask = task
  }

  /** Starts an episode: objects standing, arm at rest in the task's start pose, gripper open. */
  reset(task: TaskDefinition): void {
    const restHeights = task.objects.map(({ shape }) => SHAPES[shape].restHeightM)
    this.pose(task, initialWorld(task, restHeights, FINGER_TRAVEL_M))
  }

  /** Puts arm, fingers and objects of a task where `world` says, at rest, without simulating. */
  pose(task: TaskDefinition, world: WorldState): void {
    this.scene = this.cache.get({
      shapes: task.objects.map((object) => object.shape),
      fixtures: task.fixtures.map((fixture) => fixture.kind),
    })
    this.currentTask = task
    this.cachedViews = undefined
    this.mujoco.mj_resetData(this.scene.model, this.scene.data)
    const { qpos, ctrl, mocapPositions } = this.views()
    task.fixtures.forEach(({ x, y }, index) => mocapPositions.set([x, y, 0], 3 * index))
    world.objects.forEach(({ x, y, z, yaw }, index) => {
      qpos.set([x, y, z, Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)], this.compiled().objectQpos[index])
    })
    this.joints.set(this.kinematics.solveFromHome(world.tool))
    qpos.set(this.joints)
    qpos.fill(world.openingM, ARM_JOINTS, ARM_JOINTS + 2)
    this.kinematics.solve(this.joints, world.command, IK_ITERATIONS)
    this.command = { ...world.command }
    this.gripper = world.gripper
    ctrl.set(this.joints)
    ctrl.fill(world.gripper === 'open' ? FINGER_TRAVEL_M : 0, ARM_JOINTS, ARM_JOINTS + 2)
    this.mujoco.mj_kinematics(this.scene.model, this.scene.data)
  }

  /**
   * Advances one control step. Components outside [-1, 1] are clipped; roll and pitch are ignored, for the tool always
   * points down; a gripper component of exactly 0 keeps the last command.
   * @throws RangeError when the action has the wrong length or holds a number that is not finite.
   */
  step(action: Action): void {
    if (action.length !== ACTION_SIZE || !action.every(Number.isFinite)) {
      throw new RangeError(`An action is ${ACTION_SIZE} finite numbers; got [${Array.from(action).join(', ')}].`)
    }
    const scene = this.compiled()
    this.applyAction(action)
    this.kinematics.solve(this.joints, this.command, IK_ITERATIONS)
    const { ctrl } = this.views()
    ctrl.set(this.joints)
    const fingers = ctrl[ARM_JOINTS] + (this.gripper === 'open' ? FINGER_STEP_M : -FINGER_STEP_M)
    ctrl.fill(clamp(fingers, 0, FINGER_TRAVEL_M), ARM_JOINTS, ARM_JOINTS + 2)
    for (let i = 0; i < SUBSTEPS; i++) this.mujoco.mj_step(scene.model, scene.data)
    // Positions of geoms and sites still belong to the start of the last physics step.
    this.mujoco.mj_kinematics(scene.model, scene.data)
  }

  /** The privileged state. */
  world(): WorldState {
    const { qpos } = this.views()
    return {
      tool: this.measuredTool(),
      command: { ...this.command },
      openingM: 0.5 * (qpos[ARM_JOINTS] + qpos[ARM_JOINTS + 1]),
      gripper: this.gripper,
      objects: this.compiled().objectQpos.map((first) => ({
        x: qpos[first],
        y: qpos[first + 1],
        z: qpos[first + 2],
        yaw: quaternionYaw(qpos[first + 3], qpos[first + 4], qpos[first + 5], qpos[first + 6]),
      })),
    }
  }

  /** Speed of an object's centre, m/s. */
  objectSpeed(index: number): number {
    const { qvel } = this.views()
    const first = this.compiled().objectQvel[index]
    return Math.hypot(qvel[first], qvel[first + 1], qvel[first + 2])
  }

  /** Puts one object upright somewhere else, at rest, as a hand from outside would. */
  moveObject(index: number, { x, y, z, yaw }: ObjectPose): void {
    const scene = this.compiled()
    const { qpos, qvel } = this.views()
    qpos.set([x, y, z, Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)], scene.objectQpos[index])
    qvel.fill(0, scene.objectQvel[index], scene.objectQvel[index] + 6)
    this.mujoco.mj_kinematics(scene.model, scene.data)
  }

  /** Renders one view with the geom of each pixel. */
  render(view: ViewId): RenderedView {
    return this.cameras.render(this.compiled(), this.task, view)
  }

  /** The proprioceptive vector, see `PROPRIO_FIELDS`. */
  proprio(): Float32Array {
    return proprioOf(this.world())
  }

  /** What the policy sees: both views, proprioception and the instruction. */
  observe(): Observation {
    return {
      images: { front: this.render('front').image, wrist: this.render('wrist').image },
      proprio: this.proprio(),
      instruction: this.task.instruction,
    }
  }

  /** The compiled scene, for relevance masks and viewers; valid until the next reset. */
  compiled(): CompiledScene {
    if (this.scene === undefined) throw new Error('The environment has no scene yet: call reset first.')
    return this.scene
  }

  /** Everything that the continuation depends on; its length depends on the task's objects. */
  getState(): Float64Array {
    const { qpos, qvel, ctrl, warmstart } = this.views()
    const { x, y, z, yaw } = this.command
    const own = [this.compiled().data.time, x, y, z, yaw, this.gripper === 'open' ? 1 : -1]
    return Float64Array.from([...own, ...qpos, ...qvel, ...ctrl, ...warmstart])
  }

  /**
   * Restores a state of the same task; continuing from it is bit-identical to the first time.
   * @throws RangeError when the state's length does not fit the task.
   */
  setState(state: Float64Array): void {
    const scene = this.compiled()
    const { qpos, qvel, ctrl, warmstart } = this.views()
    const expected = 6 + qpos.length + qvel.length + ctrl.length + warmstart.length
    if (state.length !== expected)
      throw new RangeError(`A state of this task has ${expected} numbers, not ${state.length}.`)
    const [time, x, y, z, yaw, gripper] = state
    scene.data.time = time
    this.command = { x, y, z, yaw }
    this.gripper = gripper > 0 ? 'open' : 'close'
    let offset = 6
    for (const view of [qpos, qvel, ctrl, warmstart]) {
      view.set(state.subarray(offset, offset + view.length))
      offset += view.length
    }
    this.joints.set(ctrl.subarray(0, ARM_JOINTS))
    this.mujoco.mj_kinematics(scene.model, scene.data)
  }

  /** Both views as they were in a state of this task; the environment itself stays where it is. */
  imagesOf(state: Float64Array): Record<ViewId, RgbImage> {
    const now = this.getState()
    this.setState(state)
    const images = { front: this.render('front').image, wrist: this.render('wrist').image }
    this.setState(now)
    return images
  }

  /** Frees all wasm memory of this environment. It must not be used afterwards. */
  dispose(): void {
    this.cache.dispose()
    this.kinematics.dispose()
    this.cameras.dispose()
    this.scene = undefined
    this.cachedViews = undefined
  }

  private applyAction(action: Action): void {
    const tool = this.measuredTool()
    const component = (index: number) => clamp(action[index], -1, 1)
    const lead = (value: number, measured: number, limit: number) => clamp(value, measured - limit, measured + limit)
    const moved = (index: number) => component(index) * ACTION_TRANSLATION_M
    const { minX, maxX, minY, maxY, minZ, maxZ } = WORKSPACE
    this.command = {
      x: clamp(lead(this.command.x + moved(0), tool.x, MAX_COMMAND_LEAD_M), minX, maxX),
      y: clamp(lead(this.command.y + moved(1), tool.y, MAX_COMMAND_LEAD_M), minY, maxY),
      z: clamp(lead(this.command.z + moved(2), tool.z, MAX_COMMAND_LEAD_M), minZ, maxZ),
      yaw: clamp(
        lead(this.command.yaw + component(5) * ACTION_ROTATION_RAD, tool.yaw, MAX_COMMAND_LEAD_RAD),
        -MAX_YAW_RAD,
        MAX_YAW_RAD,
      ),
    }
    if (action[6] !== 0) this.gripper = action[6] > 0 ? 'open' : 'close'
  }

  private measuredTool(): ToolPose {
    const { sites, siteRotations } = this.views()
    const site = this.compiled().toolSite
    // The hand's x axis in the world; the tool's yaw is its direction in the plane.
    const yaw = Math.atan2(siteRotations[9 * site + 3], siteRotations[9 * site])
    return { x: sites[3 * site], y: sites[3 * site + 1], z: sites[3 * site + 2], yaw }
  }

  private views(): SceneViews {
    if (this.cachedViews === undefined || !isLive(this.cachedViews.qpos)) {
      const { data } = this.compiled()
      this.cachedViews = {
        qpos: data.qpos as Float64Array,
        qvel: data.qvel as Float64Array,
        ctrl: data.ctrl as Float64Array,
        warmstart: data.qacc_warmstart as Float64Array,
        mocapPositions: data.mocap_pos as Float64Array,
        sites: data.site_xpos as Float64Array,
        siteRotations: data.site_xmat as Float64Array,
      }
    }
    return this.cachedViews
  }
}

/** Loads MuJoCo (once per thread) and makes an environment. */
export async function createEnvironment(options: MujocoOptions = {}): Promise<SimulationEnvironment> {
  return new SimulationEnvironment(await loadMujoco(options))
}
