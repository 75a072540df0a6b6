import { useState } from 'react'
import type { ReactNode } from 'react'
import { toCsv } from '../core/report/csv.ts'
import { downloadFile } from './download.ts'
import styles from './tableTwin.module.css'

export interface TwinRow {
  key: string | number
  /** One per column. */
  cells: readonly (string | number | undefined)[]
  /** Shown at the end of the row, for example a button. */
  action?: ReactNode
  /** Marks the row that stands for what is on the screen. */
  current?: boolean
}

interface TableTwinProps {
  /** What the table holds. */
  caption: string
  /** Headings with their units. */
  columns: readonly string[]
  /** Asked only while the table is open, and for the file. */
  readRows: () => readonly TwinRow[]
  /** Name of the file with the same numbers, without ending. */
  fileName: string
  open?: boolean
}

/** The numbers of a chart as a table, and as a file of comma-separated values. */
export function TableTwin({ caption, columns, readRows, fileName, open: opened = false }: TableTwinProps) {
  const [open, setOpen] = useState(opened)
  const save = () =>
    downloadFile(
      `${fileName}.csv`,
      toCsv(
        columns,
        readRows().map(({ cells }) => cells),
      ),
      'text/csv',
    )
  return (
    <details className={styles.twin} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Table</summary>
      <button type="button" className={`button ${styles.save}`} data-quiet onClick={save}>
        Download CSV
      </button>
      {open && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption}>
          <Rows caption={caption} columns={columns} rows={readRows()} />
        </div>
      )}
    </details>
  )
}

function Rows({ caption, columns, rows }: { caption: string; columns: readonly string[]; rows: readonly TwinRow[] }) {
  const hasActions = rows.some(({ action }) => action !== undefined)
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          {hasActions && (
            <th scope="col">
              <span className="visually-hidden">Action</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells, action, current }) => (
          <tr key={key} aria-current={current ?? false}>
            {cells.map((cell, i) => (
              <td key={i}>{cell ?? '–'}</td>
            ))}
            {hasActions && <td>{action}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
