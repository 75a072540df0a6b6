import type { Comparison } from '../../data/results/comparison.ts'
import { PUBLISHED } from './published.ts'
import type { PublishedNumbers } from './published.ts'
import { ownNumbers } from './resultsModel.ts'
import styles from './results.module.css'

/** What SpecPrune's paper prints, beside what this policy does at the methods' own settings. */
export function PublishedTable({ comparisons }: { comparisons: readonly Comparison[] }) {
  const rows = PUBLISHED.map((row) => ({ ...row, ours: ownNumbers(comparisons, row.methodId) }))
  const dense = rows.find(({ methodId }) => methodId === 'dense')
  return (
    <details className={styles.published} open>
      <summary>Published numbers beside ours</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Published numbers beside ours">
        <table className={styles.table} data-testid="published-table">
          <caption>
            Success in % (difference to dense in points), cost as a share of dense, speed-up. Paper: OpenVLA-OFT (7
            billion parameters) on LIBERO, one A800.
          </caption>
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Paper v1</th>
              <th scope="col">Paper v3</th>
              <th scope="col">Ours</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ methodId, title, v1, v3, ours }) => (
              <tr key={methodId}>
                <th scope="row">{title}</th>
                <td>{published(v1, PUBLISHED[0].v1)}</td>
                <td>{published(v3, PUBLISHED[0].v3)}</td>
                <td>
                  {ours
                    ? numbers(ours.average, dense?.ours?.average, ours.macs, ours.speedUp, ours.suites.join(', '))
                    : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">
        The paper counts FLOPs with a two-matrix feed-forward block; we count MACs from the lengths that occurred. Its
        episodes are not paired and its tables have no intervals, so compare directions, not decimals.
      </p>
    </details>
  )
}

function published(printed: PublishedNumbers | undefined, dense: PublishedNumbers | undefined): string {
  return printed ? numbers(printed.average, dense?.average, printed.flops, printed.speedUp) : '–'
}

function numbers(success: number, dense: number | undefined, cost: number, speedUp: number, where?: string): string {
  const difference = dense === undefined ? 0 : success - dense
  const change = difference === 0 ? '' : ` (${difference > 0 ? '+' : ''}${difference.toFixed(1)})`
  return `${success.toFixed(1)}${change} at ${cost.toFixed(0)} %, ${speedUp.toFixed(2)}×${where ? ` on ${where}` : ''}`
}
