import { useEffect, useMemo } from 'react'
import { visualSegments } from '../../core/tokens/layout.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import { keptPlan } from '../../ui/tokens/keptPlan.ts'
import { LiveCamera } from '../../ui/tokens/LiveCamera.tsx'
import type { LiveSource } from '../../ui/tokens/LiveCamera.tsx'
import { EpisodeTable } from './EpisodeTable.tsx'
import { ask } from './request.ts'
import { describeProgress } from './resultModel.ts'
import { ResultTables } from './ResultTables.tsx'
import styles from './rollouts.module.css'
import { RunControls } from './RunControls.tsx'
import { SetupForm } from './SetupForm.tsx'

/** Plays seeds of a suite closed loop, each method on the same ones, and counts. */
export function RolloutsPanel() {
  const { phase } = useRolloutStore((state) => state.run)
  const progress = useRolloutStore((state) => describeProgress(state.run))
  useEffect(() => {
    ask((rollouts) => rollouts.enter())
    return () => ask((rollouts) => rollouts.leave())
  }, [])
  return (
    <section className={styles.panel} aria-label="Rollouts" data-testid="rollouts" data-phase={phase}>
      <p className="muted">
        The policy acts in the simulator in this page, every method on the same seeds. An episode counts as a success
        when the task’s own predicate is met.
      </p>
      <SetupForm />
      <RunControls />
      <p role="status" data-testid="rollouts-progress" className={styles.progress}>
        {progress}
      </p>
      {phase !== 'idle' && (
        <div className={styles.stage}>
          <Cameras />
          <ResultTables />
        </div>
      )}
      <EpisodeTable />
    </section>
  )
}

const SOURCE: LiveSource = {
  get() {
    const { frame, query, run } = useRolloutStore.getState()
    if (!frame || !run.provenance) return undefined
    const plan = query && keptPlan(decodeQuery(query, run.provenance.model))
    return { images: frame.images, step: frame.step, plan }
  },
  subscribe: (listener) => useRolloutStore.subscribe(listener),
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
