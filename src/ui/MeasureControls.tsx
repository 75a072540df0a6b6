import { useState } from 'react'
import type { ReactNode } from 'react'
import { useBenchmarkStore } from '../stores/benchmarkStore.ts'
import { commands } from '../stores/commands.ts'
import { useEpisodeFrames } from '../stores/episodeStore.ts'
import { useLoadedModel } from '../stores/modelStore.ts'
import styles from './measureControls.module.css'

const ROUNDS = [20, 60, 200] as const

interface MeasureControlsProps {
  /** What the button says. */
  title: string
  /** More buttons in the same row. */
  children?: ReactNode
}

/** Rounds, start or cancel, progress, and what became of the measurement: there is one, wherever it is started. */
export function MeasureControls({ title, children }: MeasureControlsProps) {
  const { state, subject, samples } = useBenchmarkStore()
  const model = useLoadedModel()
  const episode = useEpisodeFrames()
  const [rounds, setRounds] = useState<number>(ROUNDS[1])
  const running = state.status === 'running'
  const done = samples.filter(({ engine }) => engine === 'dense').length
  const planned = subject?.rounds ?? rounds
  return (
    <>
      <div className={styles.controls}>
        <label>
          Rounds{' '}
          <select value={rounds} onChange={(event) => setRounds(Number(event.target.value))} disabled={running}>
            {ROUNDS.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </label>
        {running ? (
          <button type="button" className="button" onClick={() => commands().cancelBenchmark()}>
            Cancel
          </button>
        ) : (
          <button
            type="button"
            className="button"
            data-primary
            disabled={!model || !episode}
            onClick={() => commands().startBenchmark(rounds)}
            data-testid="start-benchmark"
          >
            {title}
          </button>
        )}
        {running && <progress value={done} max={planned} aria-label="Rounds measured" />}
        <span role="status">{running ? `round ${done} of ${planned}` : ''}</span>
        {children}
      </div>
      {!model && <p className="muted">Load the policy first.</p>}
      {state.status === 'failed' && (
        <p role="alert" className={styles.problem}>
          The measurement failed. {state.message}
        </p>
      )}
      {state.status === 'aborted' && (
        <p className="muted">
          Stopped after {done} of {planned} rounds: cancelled, or the settings changed.
        </p>
      )}
    </>
  )
}
