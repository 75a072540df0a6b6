import { useMemo } from 'react'
import { survivorsAfter } from '../../core/tokens/decodedQuery.ts'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { usePolicyShape } from '../../stores/layout.ts'
import { useCurrentQuery } from '../../stores/shownQuery.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { Hint } from '../../ui/Hint.tsx'
import styles from './overlay.module.css'
import { describeSequence } from './sequenceModel.ts'
import type { SequencePart } from './sequenceModel.ts'

/**
 * The token sequence of the layer on the screen. Only visual tokens are pruned, and scores are recorded for them alone,
 * so the words have no heat.
 */
export function SequenceStrip() {
  const current = useCurrentQuery()
  const { layout } = usePolicyShape()
  const chosen = useViewStore((state) => state.layer)
  const instruction = useEpisodeFrames()?.instruction ?? ''
  const parts = useMemo(() => {
    if (!current) return []
    const { decoded } = current
    const layer = Math.min(chosen ?? decoded.layers, decoded.layers)
    return describeSequence(layout, instruction, survivorsAfter(decoded, layer))
  }, [current, layout, chosen, instruction])
  return (
    <ol className={styles.sequence} aria-label="Token sequence" data-testid="sequence">
      {parts.map((part) => (
        <li key={part.title} data-kind={part.kind}>
          <Part part={part} />
        </li>
      ))}
    </ol>
  )
}

function Part({ part: { kind, title, count, all, words } }: { part: SequencePart }) {
  if (kind === 'visual') {
    return (
      <span className={styles.part}>
        {title} <b>{count}</b>
        <span className="muted">/{all}</span>
      </span>
    )
  }
  return (
    <Hint text="Never pruned. Scores are attention onto visual tokens, so these have none.">
      <button type="button" className={styles.part}>
        {words.length > 0
          ? words.map((word, i) => (
              <span key={i} className={styles.word}>
                {word}
              </span>
            ))
          : title}{' '}
        <b>{count}</b>
      </button>
    </Hint>
  )
}
