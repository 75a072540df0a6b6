import { useMemo, useState } from 'react'
import type { Comparison } from '../../data/results/comparison.ts'
import { ParetoPlot } from './ParetoPlot.tsx'
import { COST_AXES } from './paretoModel.ts'
import type { CostAxis } from './paretoModel.ts'
import { ResultsTable } from './ResultsTable.tsx'
import { nextSorting, resultRows, selectRows } from './resultsModel.ts'
import type { Sorting } from './resultsModel.ts'
import styles from './results.module.css'

interface ComparisonViewProps {
  comparison: Comparison
  /** Without ending, for exports. */
  fileName: string
}

/** A comparison: filter, Pareto plot and table. */
export function ComparisonView({ comparison, fileName }: ComparisonViewProps) {
  const suites = Object.keys(comparison.suites)
  const [suite, setSuite] = useState(suites[0] ?? '')
  const [text, setText] = useState('')
  const [sorting, setSorting] = useState<Sorting>()
  const [axis, setAxis] = useState<CostAxis>('macs')
  const rows = useMemo(() => resultRows(comparison), [comparison])
  const shown = useMemo(() => selectRows(rows, { suite, text, sorting }), [rows, suite, text, sorting])
  return (
    <>
      <div className={styles.controls}>
        <label>
          Suite{' '}
          <select value={suite} onChange={(event) => setSuite(event.target.value)}>
            {suites.map((id) => (
              <option key={id}>{id}</option>
            ))}
            {suites.length > 1 && <option value="">all</option>}
          </select>
        </label>
        <label>
          Methods with{' '}
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            data-testid="result-filter"
          />
        </label>
        <label>
          Plot against{' '}
          <select value={axis} onChange={(event) => setAxis(event.target.value as CostAxis)}>
            {Object.entries(COST_AXES).map(([id, { title }]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
      {suite !== '' && <ParetoPlot rows={shown} axis={axis} suite={suite} fileName={fileName} />}
      <ResultsTable
        rows={shown}
        sorting={sorting}
        onSort={(column) => setSorting(nextSorting(sorting, column))}
        caption={comparison.title ?? fileName}
        fileName={fileName}
      />
      <Provenance comparison={comparison} />
    </>
  )
}

function Provenance({ comparison: { provenance, suites } }: { comparison: Comparison }) {
  const { app, commits, model, machine, workers, command, createdAt } = provenance
  const seeds = Object.values(suites)
    .map(({ seeds: { first, last } }) => `${first} – ${last}`)
    .filter((range, i, all) => all.indexOf(range) === i)
  return (
    <p className="muted" data-testid="result-provenance">
      Recorded {createdAt.slice(0, 10)} · {machine.devices.map(({ agent }) => agent).join('; ')} · {workers} process
      {workers === 1 ? '' : 'es, so latencies include waiting'} · seeds {seeds.join(', ')} · model {model.id}{' '}
      {model.weightsSha256.slice(0, 8)} · code {(commits[0] ?? app.commit ?? app.version).slice(0, 8)}
      {commits.length > 1 && ` and ${commits.length - 1} other commit${commits.length > 2 ? 's' : ''}`} ·{' '}
      <code>{command}</code>
    </p>
  )
}
