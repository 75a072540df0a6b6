import { memo, useState } from 'react'
import { toCsv } from '../../core/report/csv.ts'
import { downloadFile } from '../../ui/download.ts'
import styles from './charts.module.css'

export interface TableRow {
  key: number
  /** The frame that the row's button goes to. */
  frame?: number
  /** One text per column, after the frame's. */
  cells: readonly string[]
}

interface Props {
  /** What the table holds, for example "Latency of every query". */
  caption: string
  /** Heading of the first column when rows have frames. */
  frameTitle?: string
  /** Headings with their units. */
  columns: readonly string[]
  /** Asked only while the table is open. */
  readRows: () => readonly TableRow[]
  onSeek?: (frame: number) => void
}

/** The same numbers as the chart above, to read, copy and walk with a keyboard or a screen reader. */
export const DataTable = memo(function DataTable({ caption, frameTitle, columns, readRows, onSeek }: Props) {
  const [open, setOpen] = useState(false)
  const save = () => {
    const headings = frameTitle === undefined ? columns : [frameTitle, ...columns]
    const rows = readRows().map(({ frame, cells }) => (frame === undefined ? cells : [frame, ...cells]))
    downloadFile(`${caption.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`, toCsv(headings, rows), 'text/csv')
  }
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Table</summary>
      <button type="button" className="button" data-quiet onClick={save}>
        Download CSV
      </button>
      {open && (
        <div className={styles.tableScroll} tabIndex={0} role="region" aria-label={caption}>
          <table>
            <caption>{caption}</caption>
            <thead>
              <tr>
                {frameTitle && <th scope="col">{frameTitle}</th>}
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {readRows().map((row) => (
                <Row key={row.key} row={row} onSeek={onSeek} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
})

function Row({ row: { frame, cells }, onSeek }: { row: TableRow; onSeek?: (frame: number) => void }) {
  return (
    <tr>
      {frame !== undefined && (
        <th scope="row">
          <button type="button" aria-label={`Go to frame ${frame}`} onClick={() => onSeek?.(frame)}>
            {frame}
          </button>
        </th>
      )}
      {cells.map((cell, i) => (
        <td key={i}>{cell}</td>
      ))}
    </tr>
  )
}
