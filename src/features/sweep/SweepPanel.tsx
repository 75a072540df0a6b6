import { useEffect } from 'react'
import { countCells } from '../../core/sweep/grid.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import { describeSweep } from '../../stores/sweepStoreRun.ts'
import { CellFigures } from './CellFigures.tsx'
import { CellTable } from './CellTable.tsx'
import { OpenedSweep } from './OpenedSweep.tsx'
import { ask } from './request.ts'
import { SetupForm } from './SetupForm.tsx'
import styles from './sweep.module.css'
import { SweepControls } from './SweepControls.tsx'

/** Replays the open episode with every cell of a small grid of settings, in the background. */
export function SweepPanel() {
  const { phase, plan, cells } = useSweepStore((state) => state.run)
  const progress = useSweepStore(({ run, waiting }) => describeSweep(run, waiting))
  const waiting = useSweepStore((state) => state.run.phase === 'running' && state.waiting !== undefined)
  const note = useSweepStore((state) => state.note)
  const elsewhere = useSweepStore((state) => state.elsewhere)
  useEffect(() => ask((sweep) => sweep.restore()), [])
  return (
    <section
      className={styles.panel}
      aria-label="Sweep"
      data-testid="sweep"
      data-phase={phase}
      data-waiting={waiting}
      data-done={cells.length}
    >
      <p className="muted">
        Replays the open episode with every combination of the values, while the page stays in use. What you run
        yourself goes first; the sweep waits and begins the interrupted cell again. Finished cells are kept in this
        browser, also over a reload.
      </p>
      <SetupForm />
      <SweepControls />
      {plan && (
        <div className={styles.state}>
          <progress aria-label="Cells done" max={countCells(plan.axes)} value={cells.length} />
          <p role="status" data-testid="sweep-progress">
            {progress}
          </p>
        </div>
      )}
      {elsewhere !== undefined && (
        <p role="status" data-testid="sweep-elsewhere">
          In another tab of this browser: {elsewhere}
        </p>
      )}
      {note !== undefined && (
        <p role="alert" className={styles.problem} data-testid="sweep-note">
          {note}
        </p>
      )}
      {plan && (
        <>
          <CellFigures plan={plan} cells={cells} />
          <CellTable plan={plan} cells={cells} testId="sweep-cells">
            Live · model {plan.model.id} · {plan.createdAt.slice(0, 10)}. Every cell is a point in the tab Tried.
            Latency: one run with the policy worker to itself, while the page was in use and not interleaved with dense;{' '}
            <i>Measure here</i> is the place for a claim. Agreement is open loop and is not task success.
          </CellTable>
        </>
      )}
      <OpenedSweep />
    </section>
  )
}
