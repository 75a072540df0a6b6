import { useSweepFileStore } from '../../stores/sweepFileStore.ts'
import { CellFigures } from './CellFigures.tsx'
import { CellTable } from './CellTable.tsx'
import { openSweepFiles } from './openFiles.ts'
import styles from './sweep.module.css'

/** Opens a saved sweep and shows its grid, its plot and its cells. Nothing of it can go on here. */
export function OpenedSweep() {
  const { opened, problems } = useSweepFileStore()
  const { close } = useSweepFileStore.getState()
  return (
    <section className={styles.panel} aria-label="Saved sweep" data-testid="opened-sweep" data-name={opened?.name}>
      <div className={styles.controls}>
        <label>
          Open a saved sweep{' '}
          <input
            type="file"
            accept=".json,application/json"
            data-testid="sweep-file"
            onChange={(event) => void openSweepFiles([...(event.target.files ?? [])])}
          />
        </label>
        {opened && (
          <button type="button" className="button" data-quiet onClick={close} data-testid="sweep-close">
            Close {opened.name}
          </button>
        )}
      </div>
      {problems.map((problem) => (
        <p key={problem} role="alert" className={styles.problem}>
          {problem}
        </p>
      ))}
      {opened && <Opened key={opened.name} {...opened} />}
    </section>
  )
}

type OpenedProps = NonNullable<ReturnType<typeof useSweepFileStore.getState>['opened']>

function Opened({ name, file: { plan, cells, partial, done, total, provenance } }: OpenedProps) {
  return (
    <>
      <h3 className={styles.heading}>{name}</h3>
      <p data-testid="opened-sweep-state">
        {partial ? (
          <b>
            Partial: {done} of {total} cells; the others were never measured.
          </b>
        ) : (
          `All ${total} cells.`
        )}
      </p>
      <CellFigures plan={plan} cells={cells} />
      <CellTable plan={plan} cells={cells} testId="opened-sweep-cells">
        From a file of {provenance.createdAt.slice(0, 10)} · model {plan.model.id} · {devicesOf(cells).join(', ')}. Read
        only. Latency: one run of each cell with the policy worker to itself, not interleaved with dense. Agreement is
        open loop and is not task success.
      </CellTable>
    </>
  )
}

function devicesOf(cells: OpenedProps['file']['cells']): string[] {
  return [...new Set(cells.flatMap((cell) => (cell.status === 'measured' ? [cell.device.backend] : [])))]
}
