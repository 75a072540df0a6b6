import { usePlayerStore } from '../../stores/playerStore.ts'
import { formatScore } from '../../ui/format.ts'
import type { Competition, Competitor } from './competitors.ts'
import styles from './inspector.module.css'
import { summariseHistory } from './tokenHistory.ts'
import type { HistoryEntry } from './tokenHistory.ts'

/** The tokens that came closest in the decision that settled a token's fate. */
export function CompetitionRows({ competition: { layer, kept, dropped } }: { competition: Competition }) {
  const where = layer === 0 ? 'before layer 1' : `after layer ${layer}`
  return (
    <dl className={styles.competition} data-testid="competitors">
      <dt>Nearest in score {where}</dt>
      {kept.length > 0 && (
        <dd>
          <span className="muted">kept</span> {list(kept)}
        </dd>
      )}
      {dropped.length > 0 && (
        <dd>
          <span className="muted">dropped</span> {list(dropped)}
        </dd>
      )}
    </dl>
  )
}

function list(competitors: readonly Competitor[]): string {
  return competitors.map(({ place, score }) => `${place}: ${formatScore(score)}`).join(' · ')
}

/** A bar per query, as high as the token got deep; a click goes to that query. */
export function HistoryBars({ history }: { history: readonly HistoryEntry[] }) {
  return (
    <div className={styles.history} data-testid="token-history">
      <div className={styles.bars} role="group" aria-label="The last queries, oldest first">
        {history.map((entry) => (
          <button
            key={entry.index}
            type="button"
            title={entry.title}
            aria-label={entry.title}
            aria-current={entry.current}
            onClick={() => goTo(entry.step)}
          >
            <span
              data-whole={entry.depth === entry.layers}
              style={{
                height: `${Math.max(8, (100 * entry.depth) / entry.layers)}%`,
                background: entry.color ? `var(${entry.color})` : undefined,
              }}
            />
          </button>
        ))}
      </div>
      <small className="muted">{summariseHistory(history)}</small>
    </div>
  )
}

function goTo(step: number): void {
  const { pause, seek } = usePlayerStore.getState()
  pause()
  seek(step)
}
