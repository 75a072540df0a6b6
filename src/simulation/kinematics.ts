import type { DoubleBuffer, MjData, MjModel } from '@mujoco/mujoco'
import { clamp, type ToolPose } from './geometry.ts'
import type { Mujoco } from './mujoco.ts'
import { ARM_JOINTS, armOnlyXml, HOME_JOINTS, JOINT_LIMITS } from './scene.ts'

const DAMPING = 0.02
const MAX_JOINT_STEP_RAD = 0.25
/** How strongly the spare degree of freedom is drawn to the home posture in each iteration. */
const POSTURE_GAIN = 0.05

/**
 * Inverse kinematics of the arm by damped least squares on MuJoCo's site Jacobian, on a private model that holds the
 * arm alone, so that solving never disturbs a running simulation.
 */
export class ArmKinematics {
  private readonly mujoco: Mujoco
  private readonly model: MjModel
  private readonly data: MjData
  private readonly positionJacobian: DoubleBuffer
  private readonly rotationJacobian: DoubleBuffer
  private readonly toolSite: number
  private readonly columns: number

  constructor(mujoco: Mujoco) {
    this.mujoco = mujoco
    this.model = mujoco.MjModel.from_xml_string(armOnlyXml())
    this.data = new mujoco.MjData(this.model)
    this.columns = this.model.nv
    this.positionJacobian = new mujoco.DoubleBuffer(3 * this.columns)
    this.rotationJacobian = new mujoco.DoubleBuffer(3 * this.columns)
    this.toolSite = mujoco.mj_name2id(this.model, mujoco.mjtObj.mjOBJ_SITE.value, 'tool')
  }

  /**
   * Moves `joints` (rad, changed in place) towards the posture that holds the tool at `target`, pointing down.
   * @param iterations more of them for far targets; 4 are enough for one control step.
   * @returns the remaining position error, m.
   */
  solve(joints: Float64Array, target: ToolPose, iterations: number): number {
    let positionError = Infinity
    for (let i = 0; i < iterations; i++) {
      const error = this.poseError(joints, target)
      positionError = Math.hypot(error[0], error[1], error[2])
      this.applyStep(joints, error)
    }
    return positionError
  }

  /** Joints (rad) for a pose anywhere in the workspace, from the home posture. */
  solveFromHome(target: ToolPose): Float64Array {
    const joints = Float64Array.from(HOME_JOINTS)
    this.solve(joints, target, 40)
    return joints
  }

  /** Frees the wasm memory. The object must not be used afterwards. */
  dispose(): void {
    this.positionJacobian.delete()
    this.rotationJacobian.delete()
    this.data.delete()
    this.model.delete()
  }

  /** Position (m) and rotation (rad) error, world frame. */
  private poseError(joints: Float64Array, target: ToolPose): Float64Array {
    ;(this.data.qpos as Float64Array).set(joints)
    this.mujoco.mj_kinematics(this.model, this.data)
    this.mujoco.mj_comPos(this.model, this.data)
    const position = (this.data.site_xpos as Float64Array).subarray(3 * this.toolSite)
    const rotation = (this.data.site_xmat as Float64Array).subarray(9 * this.toolSite)
    const error = new Float64Array(6)
    error[0] = target.x - position[0]
    error[1] = target.y - position[1]
    error[2] = target.z - position[2]
    addRotationError(error, rotation, target.yaw)
    return error
  }

  private applyStep(joints: Float64Array, error: Float64Array): void {
    this.mujoco.mj_jacSite(this.model, this.data, this.positionJacobian, this.rotationJacobian, this.toolSite)
    const jacobian = stackJacobian(
      this.positionJacobian.GetView() as Float64Array,
      this.rotationJacobian.GetView() as Float64Array,
      this.columns,
    )
    const posture = Float64Array.from(HOME_JOINTS, (home, j) => POSTURE_GAIN * (home - joints[j]))
    // Error left for the task after the posture's pull, so that the pull acts in the null space only.
    const residual = error.map((value, row) => value - dotRow(jacobian, row, posture))
    const multipliers = solveDamped(jacobian, residual)
    for (let j = 0; j < ARM_JOINTS; j++) {
      let step = posture[j]
      for (let row = 0; row < 6; row++) step += jacobian[row * ARM_JOINTS + j] * multipliers[row]
      const [low, high] = JOINT_LIMITS[j]
      joints[j] = clamp(joints[j] + clamp(step, -MAX_JOINT_STEP_RAD, MAX_JOINT_STEP_RAD), low, high)
    }
  }
}

/** Half the sum of the cross products of the axes: the small-angle rotation to "pointing down, turned by yaw". */
function addRotationError(error: Float64Array, rotation: Float64Array, yaw: number): void {
  const c = Math.cos(yaw)
  const s = Math.sin(yaw)
  const desired = [c, s, 0, s, -c, 0, 0, 0, -1]
  for (let axis = 0; axis < 3; axis++) {
    const [ax, ay, az] = [rotation[axis], rotation[3 + axis], rotation[6 + axis]]
    const [bx, by, bz] = [desired[3 * axis], desired[3 * axis + 1], desired[3 * axis + 2]]
    error[3] += 0.5 * (ay * bz - az * by)
    error[4] += 0.5 * (az * bx - ax * bz)
    error[5] += 0.5 * (ax * by - ay * bx)
  }
}

function stackJacobian(position: Float64Array, rotation: Float64Array, columns: number): Float64Array {
  const stacked = new Float64Array(6 * ARM_JOINTS)
  for (let row = 0; row < 3; row++) {
    for (let j = 0; j < ARM_JOINTS; j++) {
      stacked[row * ARM_JOINTS + j] = position[row * columns + j]
      stacked[(row + 3) * ARM_JOINTS + j] = rotation[row * columns + j]
    }
  }
  return stacked
}

function dotRow(matrix: Float64Array, row: number, vector: Float64Array): number {
  let sum = 0
  for (let j = 0; j < ARM_JOINTS; j++) sum += matrix[row * ARM_JOINTS + j] * vector[j]
  return sum
}

/** Solves (J Jt + damping^2 I) x = b by Gaussian elimination; the matrix is positive definite, so no pivoting. */
function solveDamped(jacobian: Float64Array, b: Float64Array): Float64Array {
  const a = new Float64Array(36)
  for (let r = 0; r < 6; r++) {
    for (let c = 0; c < 6; c++) {
      let sum = r === c ? DAMPING * DAMPING : 0
      for (let j = 0; j < ARM_JOINTS; j++) sum += jacobian[r * ARM_JOINTS + j] * jacobian[c * ARM_JOINTS + j]
      a[r * 6 + c] = sum
    }
  }
  const x = Float64Array.from(b)
  for (let p = 0; p < 6; p++) {
    for (let r = p + 1; r < 6; r++) {
      const factor = a[r * 6 + p] / a[p * 6 + p]
      for (let c = p; c < 6; c++) a[r * 6 + c] -= factor * a[p * 6 + c]
      x[r] -= factor * x[p]
    }
  }
  for (let r = 5; r >= 0; r--) {
    for (let c = r + 1; c < 6; c++) x[r] -= a[r * 6 + c] * x[c]
    x[r] /= a[r * 6 + r]
  }
  return x
}
