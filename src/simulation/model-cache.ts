import type { MjData, MjModel } from '@mujoco/mujoco'
import type { FixtureKind } from './fixtures.ts'
import type { Mujoco } from './mujoco.ts'
import { type SceneLayout, sceneXml } from './scene.ts'
import type { ShapeName } from './shapes.ts'

/** Whose pixels a geom's are. */
export type GeomOwner =
  | { kind: 'table' }
  | { kind: 'arm' }
  | { kind: 'hand' }
  | { kind: 'finger' }
  | { kind: 'object'; index: number; shape: ShapeName }
  | { kind: 'fixture'; index: number; fixture: FixtureKind }

/** A compiled scene with its data and the addresses that the environment needs. */
export interface CompiledScene {
  model: MjModel
  data: MjData
  /** Owner by geom id. */
  geomOwners: readonly GeomOwner[]
  /** First qpos entry of each object's free joint. */
  objectQpos: readonly number[]
  /** First qvel entry of each object's free joint. */
  objectQvel: readonly number[]
  /** Body ids of the hand, by which the wrist camera is placed. */
  toolSite: number
  wristCameraSite: number
}

/** Compiling takes about 13 ms and several MB: enough room for every layout of one suite. */
const CAPACITY = 16

/** Compiled scenes by layout; the least recently used one makes room for a new one. */
export class ModelCache {
  private readonly mujoco: Mujoco
  private readonly scenes = new Map<string, CompiledScene>()

  constructor(mujoco: Mujoco) {
    this.mujoco = mujoco
  }

  /** The scene of a layout, compiled on first use. Its data stay as the last user left them. */
  get(layout: SceneLayout): CompiledScene {
    const key = `${layout.shapes.join()};${layout.fixtures.join()}`
    const scene = this.scenes.get(key) ?? compileScene(this.mujoco, layout)
    this.scenes.delete(key)
    this.scenes.set(key, scene)
    if (this.scenes.size > CAPACITY) {
      const [oldestKey, oldest] = this.scenes.entries().next().value as [string, CompiledScene]
      this.scenes.delete(oldestKey)
      deleteScene(oldest)
    }
    return scene
  }

  /** Frees every scene. */
  dispose(): void {
    for (const scene of this.scenes.values()) deleteScene(scene)
    this.scenes.clear()
  }
}

function deleteScene(scene: CompiledScene): void {
  scene.data.delete()
  scene.model.delete()
}

function compileScene(mujoco: Mujoco, layout: SceneLayout): CompiledScene {
  const model = mujoco.MjModel.from_xml_string(sceneXml(layout))
  const data = new mujoco.MjData(model)
  const id = (type: { value: number }, name: string) => mujoco.mj_name2id(model, type.value, name)
  const { mjOBJ_BODY, mjOBJ_JOINT, mjOBJ_SITE } = mujoco.mjtObj
  const objectJoints = layout.shapes.map((_, index) => id(mjOBJ_JOINT, `object${index}`))
  const owners = new Map<number, GeomOwner>()
  layout.shapes.forEach((shape, index) =>
    owners.set(id(mjOBJ_BODY, `object${index}`), { kind: 'object', index, shape }),
  )
  layout.fixtures.forEach((fixture, index) =>
    owners.set(id(mjOBJ_BODY, `fixture${index}`), { kind: 'fixture', index, fixture }),
  )
  owners.set(0, { kind: 'table' })
  owners.set(id(mjOBJ_BODY, 'hand'), { kind: 'hand' })
  for (const side of ['left', 'right']) owners.set(id(mjOBJ_BODY, `${side}_finger`), { kind: 'finger' })
  const geomBodies = Array.from(model.geom_bodyid as Int32Array)
  return {
    model,
    data,
    geomOwners: geomBodies.map((body) => owners.get(body) ?? { kind: 'arm' }),
    objectQpos: objectJoints.map((joint) => (model.jnt_qposadr as Int32Array)[joint]),
    objectQvel: objectJoints.map((joint) => (model.jnt_dofadr as Int32Array)[joint]),
    toolSite: id(mjOBJ_SITE, 'tool'),
    wristCameraSite: id(mjOBJ_SITE, 'wrist_camera'),
  }
}
