import { useEffect, useState } from 'react'
import type { Comparison } from '../../data/results/comparison.ts'
import { useResultFilesStore } from '../../stores/resultFilesStore.ts'
import type { LoadedResult, LoadedResults } from '../../stores/resultFilesStore.ts'
import { AttentionTable } from './AttentionTable.tsx'
import { ComparisonView } from './ComparisonView.tsx'
import { fetchResults, readFiles } from './loadResults.ts'
import { PublishedTable } from './PublishedTable.tsx'
import { broadest } from './resultsModel.ts'
import styles from './results.module.css'

type Loading = { status: 'loading' } | ({ status: 'ready' } & LoadedResults)

/** Results of large paired runs: those served with the page, and files of the reader's own. */
export function ResultsPanel() {
  const [served, setServed] = useState<Loading>({ status: 'loading' })
  const own = useResultFilesStore()
  const { chosen, choose } = own
  useEffect(() => {
    let gone = false
    void fetchResults().then((loaded) => gone || setServed({ status: 'ready', ...loaded }))
    return () => {
      gone = true
    }
  }, [])

  const addFiles = async (files: Iterable<File>) => {
    own.add(await readFiles(files))
  }

  // A file of the reader's own stands in for the served one of the same name.
  const shipped = served.status === 'ready' ? served.results : []
  const results = [...shipped.filter(({ name }) => !own.results.some((opened) => opened.name === name)), ...own.results]
  const problems = [...(served.status === 'ready' ? served.problems : []), ...own.problems]
  const current = results.find(({ name }) => name === chosen) ?? broadest(results)
  const comparisons = results.map(({ file }) => file).filter((file): file is Comparison => file.kind === 'comparison')
  return (
    <section className={styles.panel} aria-label="Results" data-testid="results" data-status={served.status}>
      <div className={styles.controls}>
        <label>
          Result{' '}
          <select
            value={current?.name ?? ''}
            onChange={(event) => choose(event.target.value)}
            data-testid="result-choice"
          >
            {results.map(({ name, title }) => (
              <option key={name} value={name}>
                {own.results.some((opened) => opened.name === name) ? `${title} (your file)` : title}
              </option>
            ))}
          </select>
        </label>
        <label>
          Open files{' '}
          <input
            type="file"
            accept=".json,application/json"
            multiple
            data-testid="result-files"
            onChange={(event) => void addFiles([...(event.target.files ?? [])])}
          />
        </label>
      </div>
      {problems.map((problem) => (
        <p key={problem} role="alert" className={styles.problem}>
          {problem}
        </p>
      ))}
      {served.status === 'loading' && <p className="muted">Reading the results…</p>}
      {served.status === 'ready' && !current && (
        <p className="muted">
          No results are served with this page. Make some with <code>npm run -s evidence</code>, or open a file of{' '}
          <code>specprune compare</code>: drop it here.
        </p>
      )}
      {current && <Chosen key={current.name} result={current} />}
      <PublishedTable comparisons={comparisons} />
    </section>
  )
}

function Chosen({ result: { name, file } }: { result: LoadedResult }) {
  const fileName = name.replace(/\.json$/, '')
  return file.kind === 'comparison' ? (
    <ComparisonView comparison={file} fileName={fileName} />
  ) : (
    <AttentionTable file={file} fileName={fileName} />
  )
}
