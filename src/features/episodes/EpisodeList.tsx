import { useEffect, useRef } from 'react'
import { episodeKey, sameEpisode, useEpisodeStore } from '../../stores/episodeStore.ts'
import type { EpisodeEntry, EpisodeGroup } from '../../stores/episodeStore.ts'
import styles from './episodes.module.css'

/** Recorded episodes with a picture, what was asked, and what is special about them. */
export function EpisodeList() {
  const catalog = useEpisodeStore((state) => state.catalog)
  return (
    <nav className={styles.list} aria-label="Episodes" data-testid="episode-list">
      {catalog.status === 'loading' && <p className={styles.message}>Reading the list of episodes…</p>}
      {catalog.status === 'failed' && (
        <p className={styles.message} role="alert">
          {catalog.message}
        </p>
      )}
      {catalog.status === 'ready' && catalog.groups.map((group) => <Group key={group.dataset} group={group} />)}
    </nav>
  )
}

function Group({ group }: { group: EpisodeGroup }) {
  return (
    <section className={styles.group} aria-label={group.title}>
      <h2 className="section-title">
        {group.title} <span className={styles.count}>{group.episodes.length}</span>
      </h2>
      <ul>
        {group.episodes.map((entry) => (
          <li key={episodeKey(entry)}>
            <Entry entry={entry} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Entry({ entry }: { entry: EpisodeEntry }) {
  const selected = useEpisodeStore((state) => sameEpisode(state.selected, entry))
  const loading = useEpisodeStore((state) => selected && state.load.status === 'loading')
  const { select } = useEpisodeStore.getState()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (selected) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [selected])
  return (
    <button
      ref={button}
      type="button"
      className={styles.entry}
      aria-current={selected ? 'true' : undefined}
      aria-busy={loading}
      onClick={() => select({ dataset: entry.dataset, index: entry.index })}
      data-testid={`episode-${entry.dataset}-${entry.index}`}
    >
      <img src={entry.thumbnailUrl} alt="" width="56" height="56" loading="lazy" className={styles.thumbnail} />
      <span className={styles.text}>
        <span className={styles.instruction}>{entry.instruction}</span>
        <span className={styles.facts}>
          {entry.frames} frames · {(entry.frames / entry.fps).toFixed(1)} s
        </span>
        {entry.notes.map((note) => (
          <span key={note} className={styles.note}>
            {note}
          </span>
        ))}
      </span>
    </button>
  )
}
