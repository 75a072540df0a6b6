import { useCompareStore } from '../../stores/compareStore.ts'
import type { PinnedRunStatus, Side } from '../../stores/compareStore.ts'
import { MAX_PINNED } from '../../core/share/state.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { describeSettings, settingsKey } from '../../stores/settings.ts'
import { formatShare } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import styles from './compare.module.css'
import { budgetOf } from './compareModel.ts'
import { useSide } from './usePair.ts'

/** The pinned settings as cards; two of them, or one and the panel, are compared. */
export function CardTray() {
  const cards = useCompareStore((state) => state.cards)
  const panel = useMethodStore()
  const { pin } = useCompareStore.getState()
  const now = methodSettings(panel)
  const pinned = cards.some(({ settings }) => settingsKey(settings) === settingsKey(now))
  return (
    <div className={styles.tray}>
      <div className={styles.cards} role="list" aria-label="Settings to compare">
        <Card side="now" />
        {cards.map(({ letter }) => (
          <Card key={letter} side={letter} />
        ))}
      </div>
      {cards.length < MAX_PINNED && (
        <button
          type="button"
          className={`button ${styles.pin}`}
          disabled={pinned}
          onClick={() => pin(now)}
          data-testid="pin-setting"
        >
          {pinned ? 'The present setting is pinned' : 'Pin the present setting'}
        </button>
      )}
    </div>
  )
}

function Card({ side }: { side: Side }) {
  const { settings, run } = useSide(side)
  const { left, right } = useCompareStore()
  const status = useCompareStore((state) => state.running.get(settingsKey(settings)))
  const { choose, unpin } = useCompareStore.getState()
  const { title, changes } = describeSettings(settings)
  return (
    <div className={styles.card} role="listitem" data-testid={`card-${side}`}>
      <header>
        <b className={styles.letter}>{side === 'now' ? 'Now' : side}</b>
        <span className={styles.title}>{title}</span>
        {side !== 'now' && (
          <button
            type="button"
            className="button"
            data-quiet
            data-icon
            aria-label={`Unpin ${side}`}
            onClick={() => unpin(side)}
          >
            <Icon name="close" size={10} />
          </button>
        )}
      </header>
      <p className={styles.changes}>{changes || 'as the preset'}</p>
      <footer>
        <span className="muted">{run ? `budget ${formatShare(budgetOf(run))}` : describeStatus(status)}</span>
        <span className={styles.sides}>
          <button type="button" aria-pressed={left === side} onClick={() => choose('left', side)}>
            left
          </button>
          <button type="button" aria-pressed={right === side} onClick={() => choose('right', side)}>
            right
          </button>
          {side !== 'now' && (
            <button type="button" onClick={() => useMethodStore.getState().apply(settings)}>
              use
            </button>
          )}
        </span>
      </footer>
    </div>
  )
}

function describeStatus(status: PinnedRunStatus | undefined): string {
  switch (status?.status) {
    case 'running':
      return `running ${status.done} of ${status.total}`
    case 'failed':
      return `failed: ${status.message}`
    default:
      return 'waits for the policy'
  }
}
