import { useEffect, useRef, useState } from 'react'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import { ask } from './request.ts'
import styles from './simulator.module.css'
import type { SceneView } from './sceneView.ts'

/** The scene in three dimensions; three.js comes when this is shown first. */
export function SceneCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [problem, setProblem] = useState<SceneProblem>()
  const [anyway, setAnyway] = useState(false)
  useEffect(() => (canvas.current ? startView(canvas.current, anyway, setProblem) : undefined), [anyway])
  return (
    <div className={styles.scene}>
      <canvas
        ref={canvas}
        className={styles.sceneCanvas}
        role="img"
        aria-label="The scene in three dimensions: drag an object to move it, drag elsewhere to look around"
        data-testid="scene"
        hidden={problem !== undefined}
      />
      {problem !== undefined && (
        <p className="muted" data-testid="scene-problem">
          {problem.text}{' '}
          {problem.slow && (
            <button type="button" className="button" onClick={() => setAnyway(true)}>
              Draw it anyway
            </button>
          )}
        </p>
      )}
    </div>
  )
}

/** Why there is no three-dimensional view. */
interface SceneProblem {
  text: string
  /** It could be drawn, slowly. */
  slow: boolean
}

const NO_WEBGL: SceneProblem = {
  text: 'This browser draws nothing in three dimensions (no WebGL). The policy’s own cameras need none; the keys below move objects.',
  slow: false,
}
const SOFTWARE: SceneProblem = {
  text: 'This browser has no graphics card for the three-dimensional view: drawing it on the processor slows the policy down. The keys below move objects.',
  slow: true,
}

/** Loads three.js and shows the simulator with it. @returns a function that ends it */
function startView(
  canvas: HTMLCanvasElement,
  anyway: boolean,
  onProblem: (problem: SceneProblem | undefined) => void,
): () => void {
  let view: SceneView | undefined
  let stopped = false
  const stops: (() => void)[] = []
  const start = async () => {
    const { createSceneView, webGlSupport } = await import('./sceneView.ts')
    if (stopped) return
    const support = webGlSupport()
    if (support === 'none' || (support === 'software' && !anyway)) {
      onProblem(support === 'none' ? NO_WEBGL : SOFTWARE)
      return
    }
    onProblem(undefined)
    const started = createSceneView({
      canvas,
      glides: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      onSelect: (selectedObject) => useSimulatorStore.getState().update({ selectedObject }),
      onDrag: drag,
    })
    view = started
    stops.push(follow(started))
    const sizes = new ResizeObserver(() => started.setSize(canvas.clientWidth, canvas.clientHeight))
    sizes.observe(canvas)
    stops.push(() => sizes.disconnect())
  }
  start().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    onProblem({ text: `The three-dimensional view failed: ${message}`, slow: false })
  })
  return () => {
    stopped = true
    for (const stop of stops) stop()
    view?.dispose()
  }
}

/** Shows the simulator's frames as they come. */
function follow(view: SceneView): () => void {
  let shown: unknown
  const update = () => {
    const { begun, frame } = useSimulatorStore.getState()
    if (!begun || frame?.episode !== begun.episode) return
    if (begun.geometry !== shown) view.setScene(begun.geometry)
    shown = begun.geometry
    view.setPoses(frame.poses)
  }
  update()
  return useSimulatorStore.subscribe((state, before) => {
    if (state.frame !== before.frame || state.begun !== before.begun) update()
  })
}

let wanted: { object: number; place: { x: number; y: number } } | undefined
let moving = false

/** A pointer moves faster than a simulator answers: only the newest place counts. */
function drag(object: number, place: { x: number; y: number }): void {
  wanted = { object, place }
  if (moving) return
  moving = true
  ask(async (simulator) => {
    try {
      while (wanted) {
        const next = wanted
        wanted = undefined
        await simulator.move(next.object, next.place)
      }
    } finally {
      moving = false
    }
  })
}
