import { useMemo } from 'react'
import { findScores } from '../../core/tokens/attention.ts'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { formatScore } from '../../ui/format.ts'
import styles from './inspector.module.css'
import { describeToken } from './inspectorModel.ts'
import type { TokenStory } from './inspectorModel.ts'
import { patchChange } from './patchChange.ts'

/** Why the token under the pointer, or the pinned one, was kept or dropped. */
export function TokenInspector() {
  const pinned = useViewStore((state) => state.pinnedToken)
  const hovered = useViewStore((state) => state.hoveredToken)
  const story = useStory(hovered ?? pinned)
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
      {story ? (
        <StoryView story={story} pinned={pinned === story.id} />
      ) : (
        <p className="muted">Point at a square on a camera to see why it was kept or dropped. Click to pin it.</p>
      )}
      <p id="token-story" className="visually-hidden" aria-live="polite" data-testid="token-spoken">
        {story?.spoken ?? ''}
      </p>
    </section>
  )
}

function useStory(id: number | undefined): TokenStory | undefined {
  const current = useCurrentQuery()
  const episode = useEpisodeFrames()
  const { layout, visualTokens } = usePolicyShape()
  const chosenLayer = useViewStore((state) => state.layer)
  const rows = useViewStore((state) => state.scoreRows)
  const dense = useRunStore((state) => current && state.denseFrames.get(current.query.step))
  return useMemo(() => {
    if (id === undefined || !current || id >= visualTokens || current.decoded.visualTokens !== visualTokens) return
    const { decoded, query } = current
    const layer = Math.max(1, Math.min(chosenLayer ?? decoded.layers, decoded.layers))
    const found = findScores(decoded, layer, rows, dense)
    const change = episode && patchChange(episode, layout, query.step, query.notes.lookBackSteps)
    return describeToken(id, decoded, layout, { rows, change, attention: found && { ...found, layer } })
  }, [id, current, episode, layout, visualTokens, chosenLayer, rows, dense])
}

function StoryView({ story, pinned }: { story: TokenStory; pinned: boolean }) {
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
      {story.score && (
        <p className="muted">
          Attention in layer {story.score.layer} ({story.score.forward}): {formatScore(story.score.value)}, rank{' '}
          {story.score.rank} of {story.score.of}
        </p>
      )}
    </div>
  )
}
