import { useState } from 'react'
import type { ReactNode } from 'react'
import { findSelector } from '../../core/pruning/registry.ts'
import { toCsv } from '../../core/report/csv.ts'
import type { SweepCell, SweepPlan } from '../../data/results/sweep.ts'
import { findEntry, useEpisodeStore } from '../../stores/episodeStore.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { settingsKey } from '../../stores/settings.ts'
import { settingsOfCell } from '../../stores/sweepStoreRun.ts'
import { downloadFile } from '../../ui/download.ts'
import { describeValues } from './plotModel.ts'
import { csvTable, nextSorting, sortCells, sweepColumns } from './resultModel.ts'
import type { SweepSorting } from './resultModel.ts'
import styles from './sweep.module.css'

interface CellTableProps {
  plan: SweepPlan
  cells: readonly SweepCell[]
  testId: string
  /** Where the numbers come from and how to read them. */
  children: ReactNode
}

/** Every finished cell; headings sort, each row opens its setting. */
export function CellTable({ plan, cells, testId, children }: CellTableProps) {
  const [sorting, setSorting] = useState<SweepSorting>()
  const obstacle = useObstacle(plan)
  const current = useCurrentKey()
  if (cells.length === 0) return null
  const columns = sweepColumns(plan)
  const rows = sortCells(cells, columns, sorting)
  const save = () => {
    const table = csvTable(plan, rows)
    downloadFile(`sweep-${plan.method.id}.csv`, toCsv(table.columns, table.rows), 'text/csv')
  }
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Cells of the sweep">
        <table className={styles.table} data-testid={testId}>
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
              <tr
                key={cell.index}
                aria-current={obstacle === undefined && settingsKey(settingsOfCell(plan, cell)) === current}
              >
                {cell.status === 'measured'
                  ? columns.map((column) => <td key={column.id}>{column.text(cell)}</td>)
                  : failedCells(plan, cell, columns.length)}
                <td>
                  <button
                    type="button"
                    className={styles.use}
                    disabled={obstacle !== undefined}
                    aria-label={`Use the setting ${describeValues(plan, cell)}`}
                    onClick={() => open(plan, cell)}
                    data-testid={`${testId}-use-${cell.index}`}
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
      {obstacle !== undefined && <p>The settings cannot be used here: {obstacle}</p>}
      <p className="muted">{children}</p>
    </>
  )
}

const MARKS = { ascending: ' ▲', descending: ' ▼', none: '' } as const

function useCurrentKey(): string {
  return settingsKey(methodSettings(useMethodStore()))
}

/** Why a setting of a sweep cannot be opened in this page; undefined if it can. */
function useObstacle({ method, episode }: SweepPlan): string | undefined {
  const catalog = useEpisodeStore((state) => state.catalog)
  try {
    findSelector(method.id)
  } catch {
    return `this page does not have the method ${method.title}.`
  }
  if (findEntry(catalog, episode)) return undefined
  return `this page does not have episode ${episode.index} of ${episode.dataset}.`
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

function open(plan: SweepPlan, cell: SweepCell): void {
  const { selected, select } = useEpisodeStore.getState()
  const { dataset, index } = plan.episode
  if (selected?.dataset !== dataset || selected.index !== index) select({ dataset, index })
  useMethodStore.getState().apply(settingsOfCell(plan, cell))
}
