import { useRolloutStore } from '../../stores/rolloutStore.ts'
import { formatMs, formatShare } from '../../ui/format.ts'
import { describeSeeds, summarisePairs, summariseSettings } from './resultModel.ts'
import styles from './rollouts.module.css'

/** Counts with intervals, and each method against the first on the same seeds. */
export function ResultTables() {
  const run = useRolloutStore((state) => state.run)
  const settings = summariseSettings(run)
  const pairs = summarisePairs(run)
  if (!run.plan || !run.provenance) return null
  const { model, device, createdAt } = run.provenance
  return (
    <div className={styles.results}>
      <div className={styles.scroll} role="region" aria-label="Success by method" tabIndex={0}>
        <table className={styles.table} data-testid="rollouts-settings">
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Success</th>
              <th scope="col">95 % interval (Wilson)</th>
              <th scope="col">Budget</th>
              <th scope="col">Latency p50</th>
              <th scope="col">Failed as</th>
            </tr>
          </thead>
          <tbody>
            {settings.map(({ setting, episodes, successes, rate, budget, latencyP50Ms, failures }) => (
              <tr key={setting.id} data-testid={`rollouts-setting-${setting.id}`} data-episodes={episodes}>
                <th scope="row">{setting.title}</th>
                <td>
                  {successes} of {episodes}
                </td>
                <td>{rate ? `${formatShare(rate.low)} to ${formatShare(rate.high)}` : '–'}</td>
                <td>{budget === undefined ? '–' : formatShare(budget)}</td>
                <td>{latencyP50Ms === undefined ? '–' : formatMs(latencyP50Ms)}</td>
                <td>{failures.map(({ reason, count }) => `${reason} ${count}`).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pairs.length > 0 && (
        <div className={styles.scroll} role="region" aria-label="Pairs on the same seeds" tabIndex={0}>
          <table className={styles.table} data-testid="rollouts-pairs">
            <thead>
              <tr>
                <th scope="col">On the same seeds</th>
                <th scope="col">Pairs</th>
                <th scope="col">Both</th>
                <th scope="col">Only the first</th>
                <th scope="col">Only this</th>
                <th scope="col">Neither</th>
                <th scope="col">McNemar p</th>
              </tr>
            </thead>
            <tbody>
              {pairs.map(({ reference, setting, ...pair }) => (
                <tr key={setting.id} data-testid={`rollouts-pair-${setting.id}`} data-pairs={pair.pairs}>
                  <th scope="row">
                    {setting.title} against {reference.title}
                  </th>
                  <td>{pair.pairs}</td>
                  <td>{pair.both}</td>
                  <td>{pair.onlyFirst}</td>
                  <td>{pair.onlySecond}</td>
                  <td>{pair.neither}</td>
                  <td>{pair.mcnemarP.toPrecision(2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="muted">
        Live · {device.backend} · {device.agent} · model {model.id} · suite {run.plan.suite}, seeds{' '}
        {describeSeeds(run.plan)} · {createdAt.slice(0, 10)}. p holds for the number of seeds planned beforehand:
        stopping when it looks good makes it too small. A large p does not show that two methods are equal.
      </p>
    </div>
  )
}
