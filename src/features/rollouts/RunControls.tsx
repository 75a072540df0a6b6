import { commands } from '../../stores/commands.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useLoadedModel, useModelStore } from '../../stores/modelStore.ts'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import { isActive } from '../../stores/rolloutStoreRun.ts'
import type { RolloutRun } from '../../stores/rolloutStoreRun.ts'
import { comparisonOf } from './exportModel.ts'
import { planOf } from './planModel.ts'
import { ask } from './request.ts'
import styles from './rollouts.module.css'

/** Start, pause, resume, stop, export. */
export function RunControls() {
  const run = useRolloutStore((state) => state.run)
  const draft = useRolloutStore((state) => state.draft)
  const panel = methodSettings(useMethodStore())
  const model = useLoadedModel()
  const loading = useModelStore((state) => state.load.status === 'loading')
  const planned = planOf(draft, panel)
  const active = isActive(run)
  const complete = run.plan !== undefined && run.episodes.length >= run.plan.settings.length
  const untrained = model && !model.manifest.suites.includes(draft.suite)
  return (
    <div className={styles.controls}>
      {!active && (
        <button
          type="button"
          className="button"
          data-primary
          disabled={!model || planned.status === 'wrong'}
          onClick={() => planned.status === 'ready' && ask((rollouts) => rollouts.start(planned.plan))}
          data-testid="rollouts-start"
        >
          {planned.status === 'ready' ? `Play ${planned.episodes} episodes` : 'Play'}
        </button>
      )}
      {active && run.phase !== 'paused' && (
        <button
          type="button"
          className="button"
          disabled={run.phase === 'starting'}
          onClick={() => ask((rollouts) => rollouts.pause())}
          data-testid="rollouts-pause"
        >
          Pause
        </button>
      )}
      {run.phase === 'paused' && (
        <button
          type="button"
          className="button"
          data-primary
          onClick={() => ask((rollouts) => rollouts.resume())}
          data-testid="rollouts-resume"
        >
          Resume
        </button>
      )}
      {active && (
        <button
          type="button"
          className="button"
          onClick={() => ask((rollouts) => rollouts.stop())}
          data-testid="rollouts-stop"
        >
          Stop
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={!complete}
        onClick={() => exportRun(run)}
        data-testid="rollouts-export"
      >
        Export JSON
      </button>
      {!model && !loading && (
        <button type="button" className="button" onClick={() => commands().startLoad()}>
          Load the policy
        </button>
      )}
      {!active && planned.status === 'wrong' && <span className={styles.problem}>{planned.problem}</span>}
      {untrained && <span className="muted">{model.manifest.title} was not trained for this suite.</span>}
    </div>
  )
}

function exportRun(run: RolloutRun): void {
  const machine = { cores: navigator.hardwareConcurrency || 1, system: navigator.userAgent }
  const comparison = comparisonOf(run, machine)
  if (comparison) download(`rollouts-${run.plan?.suite ?? ''}.json`, `${JSON.stringify(comparison)}\n`)
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
