import { useMemo } from 'react'
import { findScores } from '../../core/tokens/attention.ts'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { RELEVANCE_TITLES, relevanceAt } from '../../stores/relevance.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { formatScore } from '../../ui/format.ts'
import { describeCompetition } from './competitors.ts'
import type { Competition } from './competitors.ts'
import styles from './inspector.module.css'
import { describeToken } from './inspectorModel.ts'
import type { TokenStory } from './inspectorModel.ts'
import { patchChange } from './patchChange.ts'
import { describeHistory } from './tokenHistory.ts'
import type { HistoryEntry } from './tokenHistory.ts'
import { CompetitionRows, HistoryBars } from './WhyRows.tsx'

/** A token's story with what surrounds it. */
interface Why {
  story: TokenStory
  competition: Competition | undefined
  history: readonly HistoryEntry[]
  /** What the simulator knows the patch to show; undefined where the recording does not say. */
  shows: readonly string[] | undefined
}

/** Why the token under the pointer, or the pinned one, was kept or dropped. */
export function TokenInspector() {
  const pinned = useViewStore((state) => state.pinnedToken)
  const hovered = useViewStore((state) => state.hoveredToken)
  const why = useWhy(hovered ?? pinned)
  const story = why?.story
  const { setPin } = useViewStore.getState()
  return (
    <section className={styles.inspector} aria-label="Token inspector" data-testid="inspector">
      <div className={styles.head}>
        <h2 className="section-title">Token</h2>
        {pinned !== undefined && (
          <button type="button" className="button" data-quiet onClick={() => setPin(undefined)}>
            Unpin
          </button>
        )}
      </div>
      {why ? (
        <StoryView why={why} pinned={pinned === why.story.id} />
      ) : (
        <p className="muted">Point at a square on a camera to see why it was kept or dropped. Click to pin it.</p>
      )}
      <p id="token-story" className="visually-hidden" aria-live="polite" data-testid="token-spoken">
        {story?.spoken ?? ''}
      </p>
    </section>
  )
}

function useWhy(id: number | undefined): Why | undefined {
  const current = useCurrentQuery()
  const episode = useEpisodeFrames()
  const { layout, visualTokens } = usePolicyShape()
  const chosenLayer = useViewStore((state) => state.layer)
  const rows = useViewStore((state) => state.scoreRows)
  const dense = useRunStore((state) => current && state.denseFrames.get(current.query.step))
  return useMemo(() => {
    if (id === undefined || !current || id >= visualTokens || current.decoded.visualTokens !== visualTokens) return
    const { decoded, query, run } = current
    const layer = Math.max(1, Math.min(chosenLayer ?? decoded.layers, decoded.layers))
    const found = findScores(decoded, layer, rows, dense)
    const change = episode && patchChange(episode, layout, query.step, query.notes.lookBackSteps)
    const bits = episode && relevanceAt(episode, query.step)?.[id]
    return {
      story: describeToken(id, decoded, layout, { rows, change, attention: found && { ...found, layer } }),
      competition: describeCompetition(id, decoded, layout),
      history: describeHistory(id, run, query),
      shows: bits === undefined ? undefined : RELEVANCE_TITLES.filter((_, bit) => bits & (1 << bit)),
    }
  }, [id, current, episode, layout, visualTokens, chosenLayer, rows, dense])
}

function StoryView({ why, pinned }: { why: Why; pinned: boolean }) {
  const { story, competition, history, shows } = why
  return (
    <div className={styles.story}>
      <p className={styles.place}>
        <b>
          {story.segment.view} {story.row}, {story.column}
        </b>
        <span className="muted">
          row, column · id {story.id}
          {pinned ? ' · pinned' : ''}
        </span>
      </p>
      <p className={styles.fate} data-kept={story.survived} data-testid="token-fate">
        {story.fate}
      </p>
      {story.sets.length > 0 && (
        <ul className={styles.rows}>
          {story.sets.map((set) => (
            <li key={set.name} data-member={set.member}>
              <span className="swatch" style={{ background: set.member ? `var(${set.color})` : 'none' }} />
              <span>
                <b className={styles.setName}>{set.title}</b> {set.member ? 'yes' : 'no'}
                <small>{set.reason}</small>
              </span>
            </li>
          ))}
        </ul>
      )}
      <ul className={styles.rows}>
        {story.decisions.map((decision) => (
          <li key={decision.layer} data-member={decision.kept}>
            <span className={styles.sign}>{decision.kept ? '✓' : '✕'}</span>
            <span>
              <b>{decision.layer === 0 ? 'Before layer 1' : `After layer ${decision.layer}`}</b>{' '}
              {decision.kept ? 'kept' : 'dropped'}
              <small>{decision.reason}</small>
            </span>
          </li>
        ))}
      </ul>
      {competition && <CompetitionRows competition={competition} />}
      {history.length > 0 && <HistoryBars history={history} />}
      {shows && (
        <p className="muted" data-testid="token-truth">
          Shows {shows.length > 0 ? shows.join(', ').toLowerCase() : 'nothing that the task is about'} (simulator)
        </p>
      )}
      {story.score && (
        <p className="muted">
          Attention in layer {story.score.layer} ({story.score.forward}): {formatScore(story.score.value)}, rank{' '}
          {story.score.rank} of {story.score.of}
        </p>
      )}
    </div>
  )
}
