import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useLoadedModel } from '../../stores/modelStore.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import { isActive } from '../../stores/rolloutStoreRun.ts'
import type { RolloutRun } from '../../stores/rolloutStoreRun.ts'
import { downloadFile } from '../../ui/download.ts'
import { RunButtons } from '../../ui/RunButtons.tsx'
import { comparisonOf } from './exportModel.ts'
import { planOf } from './planModel.ts'
import { ask } from './request.ts'

/** Start, pause, resume, stop, save. */
export function RunControls() {
  const run = useRolloutStore((state) => state.run)
  const draft = useRolloutStore((state) => state.draft)
  const panel = methodSettings(useMethodStore())
  const model = useLoadedModel()
  const planned = planOf(draft, panel)
  const isReady = planned.status === 'ready'
  const complete = run.plan !== undefined && run.episodes.length >= run.plan.settings.length
  const untrained = model && !model.manifest.suites.includes(draft.suite)
  return (
    <RunButtons
      name="rollouts"
      phase={buttonPhase(run)}
      startTitle={isReady ? `Play ${planned.episodes} episodes` : 'Play'}
      canStart={isReady}
      canSave={complete}
      problem={isReady ? undefined : planned.problem}
      on={{
        start: () => isReady && ask((rollouts) => rollouts.start(planned.plan)),
        pause: () => ask((rollouts) => rollouts.pause()),
        resume: () => ask((rollouts) => rollouts.resume()),
        stop: () => ask((rollouts) => rollouts.stop()),
        save: () => saveFile(run),
      }}
    >
      {untrained && <span className="muted">{model.manifest.title} was not trained for this suite.</span>}
    </RunButtons>
  )
}

function buttonPhase(run: RolloutRun): 'idle' | 'starting' | 'running' | 'paused' {
  if (!isActive(run)) return 'idle'
  return run.phase === 'starting' || run.phase === 'paused' ? run.phase : 'running'
}

function saveFile(run: RolloutRun): void {
  const machine = { cores: navigator.hardwareConcurrency || 1, system: navigator.userAgent }
  const comparison = comparisonOf(run, machine)
  if (!comparison) return
  downloadFile(`rollouts-${run.plan?.suite ?? ''}.json`, `${JSON.stringify(comparison)}\n`, 'application/json')
}
