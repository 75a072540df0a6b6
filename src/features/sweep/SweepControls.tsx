import { sweepFile } from '../../data/results/sweep.ts'
import { commands } from '../../stores/commands.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useLoadedModel, useModelStore } from '../../stores/modelStore.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import { isActive } from '../../stores/sweepStoreRun.ts'
import type { SweepRun } from '../../stores/sweepStoreRun.ts'
import { downloadFile } from '../../ui/download.ts'
import { requestOf } from './planModel.ts'
import { ask } from './request.ts'
import styles from './sweep.module.css'

/** Start, pause, resume, abort, save. */
export function SweepControls() {
  const run = useSweepStore((state) => state.run)
  const draft = useSweepStore((state) => state.draft)
  const panel = methodSettings(useMethodStore())
  const model = useLoadedModel()
  const loading = useModelStore((state) => state.load.status === 'loading')
  const episode = useEpisodeStore((state) => state.load.status === 'ready')
  const planned = requestOf(draft, panel)
  const active = isActive(run)
  return (
    <div className={styles.controls}>
      {!active && (
        <button
          type="button"
          className="button"
          data-primary
          disabled={!model || !episode || planned.status === 'wrong'}
          onClick={() => planned.status === 'ready' && ask((sweep) => sweep.start(planned.request))}
          data-testid="sweep-start"
        >
          {planned.status === 'ready' ? `Sweep ${planned.cells} ${planned.cells === 1 ? 'cell' : 'cells'}` : 'Sweep'}
        </button>
      )}
      {run.phase === 'running' && (
        <button
          type="button"
          className="button"
          onClick={() => ask((sweep) => sweep.pause())}
          data-testid="sweep-pause"
        >
          Pause
        </button>
      )}
      {run.phase === 'paused' && (
        <button
          type="button"
          className="button"
          data-primary
          onClick={() => ask((sweep) => sweep.resume())}
          data-testid="sweep-resume"
        >
          {run.fromEarlier ? 'Go on where it stopped' : 'Resume'}
        </button>
      )}
      {active && (
        <button
          type="button"
          className="button"
          onClick={() => ask((sweep) => sweep.abort())}
          data-testid="sweep-abort"
        >
          Abort
        </button>
      )}
      <button
        type="button"
        className="button"
        disabled={run.cells.length === 0}
        onClick={() => saveFile(run)}
        data-testid="sweep-save"
      >
        Save JSON
      </button>
      {!model && !loading && (
        <button type="button" className="button" onClick={() => commands().startLoad()}>
          Load the policy
        </button>
      )}
      {!active && planned.status === 'wrong' && <span className={styles.problem}>{planned.problem}</span>}
      {!active && run.cells.length > 0 && <span className="muted">A new sweep takes the place of this one.</span>}
    </div>
  )
}

function saveFile({ plan, cells }: SweepRun): void {
  if (!plan) return
  const file = sweepFile(plan, cells, {
    createdAt: new Date().toISOString(),
    app: plan.app,
    machine: {
      cores: navigator.hardwareConcurrency || 1,
      processor: 'not told by browsers',
      system: navigator.userAgent,
    },
  })
  const name = `sweep-${plan.method.id}${file.partial ? '-partial' : ''}.json`
  downloadFile(name, `${JSON.stringify(file)}\n`, 'application/json')
}
