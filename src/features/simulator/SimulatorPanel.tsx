import { useEffect, useMemo } from 'react'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { visualSegments } from '../../core/tokens/layout.ts'
import { currentPolicyShape, usePolicyShape } from '../../stores/layout.ts'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import { keptPlan } from '../../ui/tokens/keptPlan.ts'
import { LiveCamera } from '../../ui/tokens/LiveCamera.tsx'
import type { LiveSource } from '../../ui/tokens/LiveCamera.tsx'
import { ask } from './request.ts'
import { SceneCanvas } from './SceneCanvas.tsx'
import { ActControls, StartForm } from './SimulatorControls.tsx'
import styles from './simulator.module.css'
import { TableObjects } from './TableObjects.tsx'

/** One episode in the live simulator: the policy acts, a person may interfere. */
export function SimulatorPanel() {
  const { status } = useSimulatorStore((state) => state.phase)
  useEffect(() => {
    const { suite, seed } = useSimulatorStore.getState()
    ask((simulator) => simulator.begin(suite, seed))
    return () => ask((simulator) => simulator.leave())
  }, [])
  return (
    <section className={styles.panel} aria-label="Simulator" data-testid="simulator" data-status={status}>
      <p className="muted">
        The policy acts here with the settings of the method panel; change them while it acts and the next query uses
        them. Objects can be moved at any time. The policy sees the two cameras only, never the three-dimensional view.
      </p>
      <StartForm />
      <div className={styles.stage}>
        <SceneCanvas />
        <Cameras />
      </div>
      <ActControls />
      <TableObjects />
    </section>
  )
}

const SOURCE: LiveSource = {
  get() {
    const { frame, query } = useSimulatorStore.getState()
    if (!frame) return undefined
    const { layers, visualTokens } = currentPolicyShape()
    return {
      images: frame.images,
      step: frame.step,
      plan: query && keptPlan(decodeQuery(query, { layers, visualTokens })),
    }
  },
  subscribe: (listener) => useSimulatorStore.subscribe(listener),
}

function Cameras() {
  const { layout } = usePolicyShape()
  const segments = useMemo(() => visualSegments(layout), [layout])
  return (
    <div className={styles.cameras}>
      {segments.map((segment) => (
        <LiveCamera key={segment.view} segment={segment} source={SOURCE} />
      ))}
    </div>
  )
}
