import { useState } from 'react'
import { useRolloutStore } from '../../stores/rolloutStore.ts'
import type { RolloutEpisode } from '../../stores/rolloutStoreRun.ts'
import { ask } from './request.ts'
import { seedRows } from './resultModel.ts'
import styles from './rollouts.module.css'

const FILTERS = [
  { id: 'all', title: 'All seeds' },
  { id: 'failed', title: 'With a failure' },
  { id: 'discordant', title: 'Outcomes differ' },
] as const
type Filter = (typeof FILTERS)[number]['id']

/** Every episode that was played, with its outcome; each opens in the player. */
export function EpisodeTable() {
  const run = useRolloutStore((state) => state.run)
  const opening = useRolloutStore((state) => state.opening)
  const openError = useRolloutStore((state) => state.openError)
  const [filter, setFilter] = useState<Filter>('all')
  const rows = seedRows(run)
  if (!run.plan || rows.length === 0) return null
  const shown = rows.filter(({ outcomes, discordant }) => {
    if (filter === 'discordant') return discordant
    return filter === 'all' || outcomes.some((episode) => episode && !episode.success)
  })
  return (
    <div className={styles.episodes}>
      <label>
        Episodes{' '}
        <select value={filter} onChange={(event) => setFilter(event.target.value as Filter)}>
          {FILTERS.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>{' '}
      <span className="muted">Each outcome opens its episode in the player, frame by frame.</span>
      {openError !== undefined && (
        <p role="alert" className={styles.problem}>
          {openError}
        </p>
      )}
      <div className={`${styles.scroll} ${styles.tall}`} role="region" aria-label="Episodes" tabIndex={0}>
        <table className={styles.table} data-testid="rollouts-episodes">
          <thead>
            <tr>
              <th scope="col">Seed</th>
              <th scope="col">Instruction</th>
              {run.plan.settings.map(({ id, title }) => (
                <th key={id} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ seed, instruction, outcomes, discordant }) => (
              <tr key={seed} data-discordant={discordant}>
                <th scope="row">{seed}</th>
                <td>{instruction}</td>
                {outcomes.map((episode, i) => (
                  <td key={i}>
                    {episode && <Outcome episode={episode} busy={opening === `${seed}:${episode.settingId}`} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Outcome({ episode, busy }: { episode: RolloutEpisode; busy: boolean }) {
  const { seed, settingId, success, failure, steps } = episode
  const outcome = success ? 'success' : (failure ?? 'failed')
  return (
    <button
      type="button"
      className={styles.outcome}
      data-success={success}
      aria-label={`Open seed ${seed} in the player: ${outcome} after ${steps} steps`}
      aria-busy={busy}
      disabled={busy}
      onClick={() => ask((rollouts) => rollouts.openEpisode(seed, settingId))}
      data-testid={`rollouts-open-${seed}-${settingId}`}
    >
      <span aria-hidden="true">{success ? '✓' : '✗'}</span> {busy ? 'opening…' : `${outcome}, ${steps}`}
    </button>
  )
}
