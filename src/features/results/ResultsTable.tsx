import { toCsv } from '../../core/report/csv.ts'
import { toLatex, toMarkdown } from '../../core/report/tables.ts'
import { downloadFile } from '../../ui/download.ts'
import { OpenSetting } from './OpenSetting.tsx'
import { RESULT_COLUMNS, resultTable } from './resultsModel.ts'
import type { ResultRow, Sorting } from './resultsModel.ts'
import styles from './results.module.css'

interface ResultsTableProps {
  rows: readonly ResultRow[]
  sorting: Sorting | undefined
  onSort: (column: string) => void
  caption: string
  fileName: string
}

/** The table of a comparison; headings sort, each row opens its setting. */
export function ResultsTable({ rows, sorting, onSort, caption, fileName }: ResultsTableProps) {
  const save = (ending: 'csv' | 'md' | 'tex') => {
    const table = resultTable(caption, rows)
    const texts = { csv: toCsv(table.columns, table.rows), md: toMarkdown(table), tex: toLatex(table) }
    downloadFile(`${fileName}.${ending}`, texts[ending], ending === 'csv' ? 'text/csv' : 'text/plain')
  }
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption}>
        <table className={styles.table} data-testid="results-table">
          <caption>{caption}</caption>
          <thead>
            <tr>
              {RESULT_COLUMNS.map(({ id, title, help }) => (
                <th key={id} scope="col" aria-sort={sortOf(sorting, id)}>
                  <button type="button" title={help} onClick={() => onSort(id)}>
                    {title}
                    <span aria-hidden="true">{mark(sorting, id)}</span>
                  </button>
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">Open</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                {RESULT_COLUMNS.map((column) =>
                  column.id === 'method' ? (
                    <th key={column.id} scope="row" title={row.method.title}>
                      {column.text(row)}
                    </th>
                  ) : (
                    <td key={column.id}>{column.text(row)}</td>
                  ),
                )}
                <td>
                  <OpenSetting row={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="muted">No method matches.</p>}
      <div className={styles.controls}>
        <button type="button" className="button" data-quiet onClick={() => save('csv')}>
          Table as CSV
        </button>
        <button type="button" className="button" data-quiet onClick={() => save('md')}>
          Markdown
        </button>
        <button type="button" className="button" data-quiet onClick={() => save('tex')}>
          LaTeX
        </button>
      </div>
      <p className="muted">
        Intervals are 95 %. A difference whose interval contains 0 is not shown to exist. Agreement (L1) is open loop
        and is not task success.
      </p>
    </>
  )
}

function sortOf(sorting: Sorting | undefined, column: string): 'ascending' | 'descending' | 'none' {
  if (sorting?.column !== column) return 'none'
  return sorting.descending ? 'descending' : 'ascending'
}

function mark(sorting: Sorting | undefined, column: string): string {
  return { ascending: ' ▲', descending: ' ▼', none: '' }[sortOf(sorting, column)]
}
