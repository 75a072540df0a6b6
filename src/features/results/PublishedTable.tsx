import type { Comparison } from '../../data/results/comparison.ts'
import { publishedTexts } from './publishedModel.ts'
import styles from './results.module.css'

/** What SpecPrune's paper prints, beside what this policy does at the methods' own settings. */
export function PublishedTable({ comparisons }: { comparisons: readonly Comparison[] }) {
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
            {publishedTexts(comparisons).map(({ methodId, title, v1, v3, ours }) => (
              <tr key={methodId}>
                <th scope="row">{title}</th>
                <td>{v1}</td>
                <td>{v3}</td>
                <td>{ours}</td>
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
