import type { ToolPose } from './geometry.ts'
import type { TaskDefinition } from './tasks.ts'

/** Pose of an object's centre, m and rad. */
export interface ObjectPose {
  x: number
  y: number
  z: number
  yaw: number
}

/** The privileged state that predicates and the expert read; plain numbers, no simulator behind it. */
export interface WorldState {
  /** Tool pose as measured. */
  tool: ToolPose
  /** Tool pose as commanded: the integral of the actions. */
  command: ToolPose
  /** Mean travel of the two fingers, m: 0 is closed. */
  openingM: number
  /** The last gripper command. */
  gripper: 'open' | 'close'
  /** In the order of the task's objects. */
  objects: ObjectPose[]
}

/** A deep copy. */
export function copyWorld(world: WorldState): WorldState {
  return {
    ...world,
    tool: { ...world.tool },
    command: { ...world.command },
    objects: world.objects.map((object) => ({ ...object })),
  }
}

/** One entry of the proprioceptive vector. */
export interface ProprioField {
  name: string
  unit: 'm' | 'rad' | '1'
}

/** Names and units of the proprioceptive vector, in order. Values are raw; normalisation belongs to the trainer. */
export const PROPRIO_FIELDS = [
  { name: 'tool_x', unit: 'm' },
  { name: 'tool_y', unit: 'm' },
  { name: 'tool_z', unit: 'm' },
  { name: 'tool_yaw_sin', unit: '1' },
  { name: 'tool_yaw_cos', unit: '1' },
  { name: 'finger_opening', unit: 'm' },
  { name: 'gripper_command', unit: '1' },
  { name: 'command_error_x', unit: 'm' },
  { name: 'command_error_y', unit: 'm' },
  { name: 'command_error_z', unit: 'm' },
  { name: 'command_error_yaw', unit: 'rad' },
] as const satisfies readonly ProprioField[]

/** The proprioceptive vector of a state: what {@link PROPRIO_FIELDS} lists; errors are commanded minus measured. */
export function proprioOf({ tool, command, openingM, gripper }: WorldState): Float32Array {
  return Float32Array.of(
    tool.x,
    tool.y,
    tool.z,
    Math.sin(tool.yaw),
    Math.cos(tool.yaw),
    openingM,
    gripper === 'open' ? 1 : -1,
    command.x - tool.x,
    command.y - tool.y,
    command.z - tool.z,
    command.yaw - tool.yaw,
  )
}

/** Numbers in the proprioceptive vector. */
export const PROPRIO_SIZE = PROPRIO_FIELDS.length

/** The state that a task begins in, arm settled at its start pose. */
export function initialWorld(task: TaskDefinition, restHeightsM: readonly number[], openingM: number): WorldState {
  return {
    tool: { ...task.start },
    command: { ...task.start },
    openingM,
    gripper: 'open',
    objects: task.objects.map(({ x, y, yaw }, index) => ({ x, y, z: restHeightsM[index], yaw })),
  }
}
