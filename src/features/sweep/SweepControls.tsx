import { sweepFile } from '../../data/results/sweep.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import { isActive } from '../../stores/sweepStoreRun.ts'
import type { SweepRun } from '../../stores/sweepStoreRun.ts'
import { downloadFile } from '../../ui/download.ts'
import { RunButtons } from '../../ui/RunButtons.tsx'
import { requestOf } from './planModel.ts'
import { ask } from './request.ts'

/** Start, pause, resume, stop, save. */
export function SweepControls() {
  const run = useSweepStore((state) => state.run)
  const draft = useSweepStore((state) => state.draft)
  const panel = methodSettings(useMethodStore())
  const episode = useEpisodeStore((state) => state.load.status === 'ready')
  const planned = requestOf(draft, panel)
  const active = isActive(run)
  const isReady = planned.status === 'ready'
  return (
    <RunButtons
      name="sweep"
      phase={run.phase === 'running' || run.phase === 'paused' ? run.phase : 'idle'}
      startTitle={isReady ? `Sweep ${planned.cells} ${planned.cells === 1 ? 'cell' : 'cells'}` : 'Sweep'}
      canStart={isReady && episode}
      resumeTitle={run.fromEarlier ? 'Go on where it stopped' : 'Resume'}
      canSave={run.cells.length > 0}
      problem={isReady ? undefined : planned.problem}
      on={{
        start: () => isReady && ask((sweep) => sweep.start(planned.request)),
        pause: () => ask((sweep) => sweep.pause()),
        resume: () => ask((sweep) => sweep.resume()),
        stop: () => ask((sweep) => sweep.abort()),
        save: () => saveFile(run),
      }}
    >
      {!active && run.cells.length > 0 && <span className="muted">A new sweep takes the place of this one.</span>}
    </RunButtons>
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
