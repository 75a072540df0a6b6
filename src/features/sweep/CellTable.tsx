import { useState } from 'react'
import { toCsv } from '../../core/report/csv.ts'
import type { SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { settingsKey } from '../../stores/settings.ts'
import { useSweepStore } from '../../stores/sweepStore.ts'
import { settingsOfCell } from '../../stores/sweepStoreRun.ts'
import { downloadFile } from '../../ui/download.ts'
import { csvTable, nextSorting, sortCells, sweepColumns } from './resultModel.ts'
import type { SweepSorting } from './resultModel.ts'
import styles from './sweep.module.css'

/** Every finished cell; headings sort, each row opens its setting. */
export function CellTable() {
  const plan = useSweepStore((state) => state.run.plan)
  const cells = useSweepStore((state) => state.run.cells)
  const [sorting, setSorting] = useState<SweepSorting>()
  const current = useCurrentKey()
  if (!plan || cells.length === 0) return null
  const columns = sweepColumns(plan)
  const rows = sortCells(cells, columns, sorting)
  const save = () => {
    const table = csvTable(plan, rows)
    downloadFile(`sweep-${plan.method.id}.csv`, toCsv(table.columns, table.rows), 'text/csv')
  }
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Cells of the sweep">
        <table className={styles.table} data-testid="sweep-cells">
          <caption>
            {plan.method.title}, on episode {plan.episode.index} of {plan.episode.dataset}
          </caption>
          <thead>
            <tr>
              {columns.map(({ id, title, help }) => (
                <th key={id} scope="col" aria-sort={sortOf(sorting, id)}>
                  <button type="button" title={help} onClick={() => setSorting(nextSorting(sorting, id))}>
                    {title}
                    <span aria-hidden="true">{MARKS[sortOf(sorting, id)]}</span>
                  </button>
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">Open</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((cell) => (
              <tr key={cell.index} aria-current={settingsKey(settingsOfCell(plan, cell)) === current}>
                {cell.status === 'measured'
                  ? columns.map((column) => <td key={column.id}>{column.text(cell)}</td>)
                  : failedCells(plan, cell, columns.length)}
                <td>
                  <button
                    type="button"
                    className={styles.use}
                    aria-label={`Use the setting ${describeValues(plan, cell)}`}
                    onClick={() => open(plan, cell)}
                    data-testid={`sweep-use-${cell.index}`}
                  >
                    Use
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.controls}>
        <button type="button" className="button" data-quiet onClick={save}>
          Table as CSV
        </button>
      </div>
      <p className="muted">
        Live · model {plan.model.id} · {plan.createdAt.slice(0, 10)}. Every cell is a point in the tab Tried. Latency:
        one run with the policy worker to itself, while the page was in use and not interleaved with dense;{' '}
        <i>Measure here</i> is the place for a claim. Agreement is open loop and is not task success.
      </p>
    </>
  )
}

const MARKS = { ascending: ' ▲', descending: ' ▼', none: '' } as const

function useCurrentKey(): string {
  return settingsKey(methodSettings(useMethodStore()))
}

function sortOf(sorting: SweepSorting | undefined, column: string): keyof typeof MARKS {
  if (sorting?.column !== column) return 'none'
  return sorting.descending ? 'descending' : 'ascending'
}

function failedCells(plan: SweepPlan, cell: Extract<SweepCell, { status: 'failed' }>, columns: number) {
  return (
    <>
      {plan.axes.map(({ name }) => (
        <td key={name}>{cell.values[name]}</td>
      ))}
      <td colSpan={columns - plan.axes.length} className={styles.problem}>
        {cell.message}
      </td>
    </>
  )
}

function describeValues({ axes }: SweepPlan, { values }: SweepCell): string {
  return axes.map(({ name, title }) => `${title} ${values[name]}`).join(', ')
}

function open(plan: SweepPlan, cell: SweepCell): void {
  const { selected, select } = useEpisodeStore.getState()
  const { dataset, index } = plan.episode
  if (selected?.dataset !== dataset || selected.index !== index) select({ dataset, index })
  useMethodStore.getState().apply(settingsOfCell(plan, cell))
}
