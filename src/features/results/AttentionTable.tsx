import type { AttentionFile, AttentionShareResult } from '../../data/results/attention.ts'
import { TableTwin } from '../../ui/TableTwin.tsx'
import styles from './results.module.css'

/** What SpecPrune's paper prints of the same measurements. */
const PAPER = {
  hit: '85 – 95 % (layers 1 and 2, best 20; the size of the last set is not printed)',
  coverage: '75 – 88 % (previous best 30)',
} as const

const COLUMNS = ['Rows', 'Layers', 'Best', 'Among', 'Mean, %', '95 % interval', 'Chance, %', 'n']

/** Hit rates and coverage of the dense policy's attention, by suite. */
export function AttentionTable({ file, fileName }: { file: AttentionFile; fileName: string }) {
  return (
    <>
      {Object.entries(file.suites).map(([suite, { seeds, shares }]) => (
        <section key={suite} className={styles.panel} aria-label={`Attention on ${suite}`}>
          <h3>
            {suite}, seeds {seeds.first} – {seeds.last}
          </h3>
          {(['hit', 'coverage'] as const).map((measure) => (
            <Measure
              key={measure}
              {...{ measure, suite, fileName }}
              shares={shares.filter((s) => s.measure === measure)}
            />
          ))}
        </section>
      ))}
      <p className="muted">
        Recorded {file.provenance.createdAt.slice(0, 10)} · model {file.provenance.model.id}{' '}
        {file.provenance.model.weightsSha256.slice(0, 8)} · <code>{file.provenance.command}</code>
      </p>
    </>
  )
}

interface MeasureProps {
  measure: 'hit' | 'coverage'
  suite: string
  fileName: string
  shares: readonly AttentionShareResult[]
}

function Measure({ measure, suite, fileName, shares }: MeasureProps) {
  const what =
    measure === 'hit'
      ? 'Best tokens of a layer that are among the best of the last layer'
      : 'Best tokens of a query that were among the best of the previous query, same layer'
  return (
    <>
      <p>
        {what}. Paper: {PAPER[measure]}.
      </p>
      <TableTwin
        caption={what}
        columns={COLUMNS}
        fileName={`${fileName}-${suite}-${measure}`}
        open
        readRows={() => shares.map((share, key) => ({ key, cells: cellsOf(share) }))}
      />
    </>
  )
}

function cellsOf({ rows, layers, top, of, mean, bootstrap95, chance, count }: AttentionShareResult) {
  const percent = (share: number) => (100 * share).toFixed(1)
  const interval = bootstrap95.map(percent).join(' – ')
  return [rows, layers.join(' and '), top, of, percent(mean), interval, percent(chance), count]
}
