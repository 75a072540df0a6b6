import {
  BoxGeometry,
  type BufferGeometry,
  CapsuleGeometry,
  Color,
  CylinderGeometry,
  DirectionalLight,
  HemisphereLight,
  Mesh,
  MeshStandardMaterial,
  PerspectiveCamera,
  Plane,
  Raycaster,
  Scene,
  SphereGeometry,
  SRGBColorSpace,
  Vector2,
  Vector3,
  VSMShadowMap,
  WebGLRenderer,
} from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'
import type { SceneGeom, SceneGeometry } from '../../simulation/sceneGeometry.ts'
import { poseMatrix, solidOf } from './sceneModel.ts'

/** The scene in three dimensions, for people. Nothing of it is ever shown to the policy. */
export interface SceneView {
  /** Builds another scene. */
  setScene(geometry: SceneGeometry): void
  setPoses(poses: Float32Array): void
  setSize(width: number, height: number): void
  /** Frees what the graphics card holds. */
  dispose(): void
}

export interface SceneViewOptions {
  canvas: HTMLCanvasElement
  /** Whether the camera glides after a drag. */
  glides: boolean
  /** An object was grasped with the pointer. */
  onSelect(object: number): void
  /** The grasped object is to stand at a place on the table, m. */
  onDrag(object: number, place: { x: number; y: number }): void
}

/** How a browser draws in three dimensions; `software`: on the processor, on the page's own time. */
export type WebGlSupport = 'graphics-card' | 'software' | 'none'

/** Asks before three.js does, which would write an error to the console. */
export function webGlSupport(): WebGlSupport {
  const has = (attributes: WebGLContextAttributes) =>
    document.createElement('canvas').getContext('webgl2', attributes) !== null
  if (has({ failIfMajorPerformanceCaveat: true })) return 'graphics-card'
  return has({}) ? 'software' : 'none'
}

/** Starts the view. It draws when something has changed, never otherwise. */
export function createSceneView({ canvas, glides, onSelect, onDrag }: SceneViewOptions): SceneView {
  const renderer = new WebGLRenderer({ canvas, antialias: true })
  renderer.shadowMap.enabled = true
  renderer.shadowMap.type = VSMShadowMap
  renderer.outputColorSpace = SRGBColorSpace
  const scene = new Scene()
  scene.background = new Color(0xccd4dc)
  const camera = new PerspectiveCamera(38, 1, 0.05, 10)
  // MuJoCo's world: z is up.
  camera.up.set(0, 0, 1)
  camera.position.set(0.95, -0.75, 0.75)
  const controls = new OrbitControls(camera, canvas)
  controls.target.set(-0.08, 0, 0.12)
  controls.enableDamping = glides
  controls.maxDistance = 3
  controls.update()
  const light = addLights(scene)

  let meshes: Mesh<BufferGeometry, MeshStandardMaterial>[] = []
  let due = 0
  const draw = () => {
    due = 0
    // With damping the camera moves on by itself until it rests.
    if (controls.update()) schedule()
    renderer.render(scene, camera)
  }
  const schedule = () => {
    if (due === 0) due = requestAnimationFrame(draw)
  }
  controls.addEventListener('change', schedule)
  const stopDragging = followPointer(canvas, camera, () => meshes, { controls, onSelect, onDrag })
  const clear = () => {
    for (const mesh of meshes) {
      scene.remove(mesh)
      mesh.geometry.dispose()
      mesh.material.dispose()
    }
    meshes = []
  }

  return {
    setScene({ geoms, lightDirection: [x, y, z] }) {
      clear()
      meshes = geoms.map(meshOf)
      for (const mesh of meshes) scene.add(mesh)
      light.position.set(x, y, z).multiplyScalar(2)
      schedule()
    },
    setPoses(poses) {
      meshes.forEach((mesh, geom) => mesh.matrix.fromArray([...poseMatrix(poses, geom)]))
      schedule()
    },
    setSize(width, height) {
      renderer.setPixelRatio(Math.min(devicePixelRatio, 2))
      renderer.setSize(width, height, false)
      camera.aspect = width / Math.max(1, height)
      camera.updateProjectionMatrix()
      schedule()
    },
    dispose() {
      cancelAnimationFrame(due)
      stopDragging()
      controls.dispose()
      clear()
      light.shadow.dispose()
      renderer.dispose()
      // Browsers allow a few contexts only, and collect them late.
      renderer.forceContextLoss()
    },
  }
}

function addLights(scene: Scene): DirectionalLight {
  scene.add(new HemisphereLight(0xffffff, 0x8f8a80, 1.6))
  const light = new DirectionalLight(0xffffff, 2.2)
  light.castShadow = true
  light.shadow.mapSize.set(1024, 1024)
  light.shadow.radius = 6
  light.shadow.bias = -0.0005
  Object.assign(light.shadow.camera, { left: -0.8, right: 0.8, top: 0.8, bottom: -0.8, near: 0.5, far: 4 })
  scene.add(light)
  return light
}

function meshOf(geom: SceneGeom): Mesh<BufferGeometry, MeshStandardMaterial> {
  const [red, green, blue] = geom.rgb
  const material = new MeshStandardMaterial({ roughness: 0.62, metalness: 0.02 })
  material.color.setRGB(red, green, blue, SRGBColorSpace)
  const mesh = new Mesh(geometryOf(geom), material)
  mesh.matrixAutoUpdate = false
  mesh.castShadow = true
  mesh.receiveShadow = true
  mesh.userData.object = geom.object
  return mesh
}

function geometryOf(geom: SceneGeom): BufferGeometry {
  const solid = solidOf(geom)
  switch (solid.kind) {
    case 'box':
      return new BoxGeometry(...solid.sides)
    case 'cylinder':
      return new CylinderGeometry(solid.radius, solid.radius, solid.height, 40).rotateX(Math.PI / 2)
    case 'capsule':
      return new CapsuleGeometry(solid.radius, solid.length, 8, 24).rotateX(Math.PI / 2)
    case 'sphere':
      return new SphereGeometry(1, 32, 20).scale(...solid.scale)
  }
}

interface PointerHandlers extends Pick<SceneViewOptions, 'onSelect' | 'onDrag'> {
  controls: OrbitControls
}

/** Drags objects over the table; everything else turns the camera. @returns a function that stops */
function followPointer(
  canvas: HTMLCanvasElement,
  camera: PerspectiveCamera,
  meshes: () => readonly Mesh[],
  { controls, onSelect, onDrag }: PointerHandlers,
): () => void {
  const raycaster = new Raycaster()
  let grasped: { object: number; plane: Plane; offset: Vector3 } | undefined
  const aim = (event: PointerEvent) => {
    const area = canvas.getBoundingClientRect()
    const x = (2 * (event.clientX - area.left)) / area.width - 1
    const y = 1 - (2 * (event.clientY - area.top)) / area.height
    raycaster.setFromCamera(new Vector2(x, y), camera)
  }
  const onDown = (event: PointerEvent) => {
    aim(event)
    const hit = raycaster.intersectObjects([...meshes()], false).at(0)
    const object: unknown = hit?.object.userData.object
    if (!hit || typeof object !== 'number') return
    // Grasped where it was touched: the plane lies at that height.
    const centre = new Vector3().setFromMatrixPosition(hit.object.matrix)
    const plane = new Plane(new Vector3(0, 0, 1), -hit.point.z)
    grasped = { object, plane, offset: centre.sub(hit.point) }
    controls.enabled = false
    canvas.setPointerCapture(event.pointerId)
    onSelect(object)
  }
  const onMove = (event: PointerEvent) => {
    if (!grasped) return
    aim(event)
    const point = raycaster.ray.intersectPlane(grasped.plane, new Vector3())
    if (point) onDrag(grasped.object, { x: point.x + grasped.offset.x, y: point.y + grasped.offset.y })
  }
  const onUp = () => {
    grasped = undefined
    controls.enabled = true
  }
  // Before the controls' own listeners, which would turn the camera.
  canvas.addEventListener('pointerdown', onDown, { capture: true })
  canvas.addEventListener('pointermove', onMove)
  canvas.addEventListener('pointerup', onUp)
  canvas.addEventListener('pointercancel', onUp)
  return () => {
    canvas.removeEventListener('pointerdown', onDown, { capture: true })
    canvas.removeEventListener('pointermove', onMove)
    canvas.removeEventListener('pointerup', onUp)
    canvas.removeEventListener('pointercancel', onUp)
  }
}
