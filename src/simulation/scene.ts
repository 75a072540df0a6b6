import { ARM_BASE_X_M, FINGER_TRAVEL_M, TIMESTEP_S } from './constants.ts'
import { FIXTURES, type FixtureKind } from './fixtures.ts'
import { SHAPES, type ShapeName } from './shapes.ts'

/** What decides the compiled model; everything else (poses, colours) is set afterwards. */
export interface SceneLayout {
  shapes: readonly ShapeName[]
  fixtures: readonly FixtureKind[]
}

/** Joints of the arm, base to wrist. */
export const ARM_JOINTS = 7

/** A comfortable posture with the tool pointing down, rad. */
export const HOME_JOINTS = [0, -0.4, 0, -2.3, 0, 1.9, Math.PI / 4] as const

/** Lower and upper limit of each arm joint, rad (the Franka Panda's). */
export const JOINT_LIMITS = [
  [-2.8973, 2.8973],
  [-1.7628, 1.7628],
  [-2.8973, 2.8973],
  [-3.0718, -0.0698],
  [-2.8973, 2.8973],
  [-0.0175, 3.7525],
  [-2.8973, 2.8973],
] as const

interface Link {
  position: string
  quaternion: string
  mass: number
  /** Stiffness, N m/rad, and damping, N m s/rad, of the joint's position servo. */
  stiffness: number
  damping: number
  geoms: string
}

function capsule(from: string, to: string, radius: number): string {
  return `<geom class="arm" type="capsule" fromto="${from} ${to}" size="${radius}"/>`
}

/** Link offsets are the Panda's; the bodies are plain capsules. */
const LINKS: readonly Link[] = [
  {
    position: '0 0 0.333',
    quaternion: '1 0 0 0',
    mass: 2,
    stiffness: 3000,
    damping: 150,
    geoms: capsule('0 0 -0.19', '0 0 -0.03', 0.06) + capsule('0 -0.05 0', '0 0.05 0', 0.06),
  },
  {
    position: '0 0 0',
    quaternion: '1 -1 0 0',
    mass: 2,
    stiffness: 3000,
    damping: 150,
    geoms: capsule('0 -0.07 0', '0 -0.2 0', 0.055),
  },
  {
    position: '0 -0.316 0',
    quaternion: '1 1 0 0',
    mass: 1.5,
    stiffness: 2000,
    damping: 100,
    geoms: capsule('0 0 -0.12', '0 0 -0.02', 0.055) + capsule('0.0825 -0.03 0', '0.0825 0.03 0', 0.055),
  },
  {
    position: '0.0825 0 0',
    quaternion: '1 1 0 0',
    mass: 1.5,
    stiffness: 2000,
    damping: 100,
    geoms: capsule('-0.06 0.05 0', '-0.0825 0.16 0', 0.05),
  },
  {
    position: '-0.0825 0.384 0',
    quaternion: '1 -1 0 0',
    mass: 1.2,
    stiffness: 1000,
    damping: 50,
    geoms: capsule('0 0.01 -0.22', '0 0.05 -0.04', 0.045),
  },
  {
    position: '0 0 0',
    quaternion: '1 1 0 0',
    mass: 0.8,
    stiffness: 1000,
    damping: 50,
    geoms: capsule('0 0 -0.03', '0.06 0 0', 0.045),
  },
  {
    position: '0.088 0 0',
    quaternion: '1 1 0 0',
    mass: 0.4,
    stiffness: 600,
    damping: 30,
    geoms: capsule('0 0 0.0', '0 0 0.07', 0.04),
  },
]

/** Height of the tool point below the hand's origin, m. */
const TOOL_OFFSET_M = 0.115

function fingerXml(side: 'left' | 'right'): string {
  const sign = side === 'left' ? 1 : -1
  return `<body name="${side}_finger" pos="0 0 0.06" gravcomp="1">
    <inertial pos="0 0 0.03" mass="0.08" diaginertia="0.00005 0.00005 0.00002"/>
    <joint name="${side}_finger" type="slide" axis="0 ${sign} 0" range="0 ${FINGER_TRAVEL_M}" damping="4"/>
    <geom class="finger" type="box" size="0.010 0.006 0.033" pos="0 ${sign * 0.006} 0.033"/>
  </body>`
}

function handXml(): string {
  return `<body name="hand" pos="0 0 0.107" quat="0.9238795325 0 0 -0.3826834324" gravcomp="1">
    <inertial pos="0 0 0.03" mass="0.5" diaginertia="0.001 0.001 0.001"/>
    <geom class="hand" type="box" size="0.022 0.056 0.028" pos="0 0 0.032"/>
    <site name="tool" pos="0 0 ${TOOL_OFFSET_M}"/>
    <site name="wrist_camera" pos="0.075 0 0.04"/>
    ${fingerXml('left')}${fingerXml('right')}
  </body>`
}

function armXml(): string {
  const open = LINKS.map((link, index) => {
    const [low, high] = JOINT_LIMITS[index]
    return `<body name="link${index + 1}" pos="${link.position}" quat="${link.quaternion}" gravcomp="1">
      <inertial pos="0 0 0" mass="${link.mass}" diaginertia="0.01 0.01 0.01"/>
      <joint name="joint${index + 1}" axis="0 0 1" range="${low} ${high}" armature="0.1" damping="1"/>
      ${link.geoms}`
  })
  const base = `<body name="base" pos="${ARM_BASE_X_M} 0 0"><geom class="arm" type="cylinder" size="0.075 0.07" pos="0 0 0.07"/>`
  return base + open.join('') + handXml() + '</body>'.repeat(LINKS.length + 1)
}

function actuatorXml(): string {
  const arm = LINKS.map((link, index) => {
    const [low, high] = JOINT_LIMITS[index]
    return `<position name="joint${index + 1}" joint="joint${index + 1}" kp="${link.stiffness}" kv="${link.damping}" ctrlrange="${low} ${high}"/>`
  })
  const fingers = (['left', 'right'] as const).map(
    (side) =>
      `<position name="${side}_finger" joint="${side}_finger" kp="700" kv="20" ctrlrange="0 ${FINGER_TRAVEL_M}" forcerange="-25 25"/>`,
  )
  return `<actuator>${arm.join('')}${fingers.join('')}</actuator>`
}

/** Geometry classes: arm links are drawn but never collide; everything that touches an object does. */
const DEFAULTS_XML = `<default>
  <geom condim="4" friction="1.1 0.02 0.0005"/>
  <default class="arm"><geom contype="0" conaffinity="0"/></default>
  <default class="hand"><geom/></default>
  <default class="finger"><geom friction="1.6 0.03 0.0005"/></default>
</default>`

function objectXml(shape: ShapeName, index: number): string {
  return `<body name="object${index}" pos="0 ${index * 0.2} ${SHAPES[shape].restHeightM}">
    <freejoint name="object${index}"/><geom ${SHAPES[shape].geom}/></body>`
}

function fixtureXml(kind: FixtureKind, index: number): string {
  return `<body name="fixture${index}" mocap="true">${FIXTURES[kind].geoms}</body>`
}

/**
 * MJCF of a scene. Solver options keep MuJoCo's defaults on purpose: fewer iterations, often advised for speed, make
 * grasps explode.
 */
export function sceneXml(layout: SceneLayout): string {
  return `<mujoco model="tabletop">
  <compiler angle="radian" autolimits="true"/>
  <option timestep="${TIMESTEP_S}" integrator="implicitfast" cone="elliptic" impratio="10"/>
  <size memory="1M"/>
  ${DEFAULTS_XML}
  <worldbody>
    <geom name="table" type="box" size="0.62 0.62 0.02" pos="-0.13 0 -0.02"/>
    ${armXml()}
    ${layout.fixtures.map(fixtureXml).join('')}
    ${layout.shapes.map(objectXml).join('')}
  </worldbody>
  ${actuatorXml()}
</mujoco>`
}

/** MJCF of the arm alone, on which inverse kinematics is solved. */
export function armOnlyXml(): string {
  return sceneXml({ shapes: [], fixtures: [] })
}
