import type { ReactNode } from 'react'
import { commands } from '../stores/commands.ts'
import { useLoadedModel, useModelStore } from '../stores/modelStore.ts'
import styles from './runButtons.module.css'

/** What the buttons of a long run do; each is called when its button is pressed. */
export interface RunCommands {
  start(): void
  pause(): void
  resume(): void
  stop(): void
  save(): void
}

interface RunButtonsProps {
  /** Begins the test ids of the buttons, for example `sweep`. */
  name: string
  /** `idle`: none is under way; `starting`: it cannot be paused yet. */
  phase: 'idle' | 'starting' | 'running' | 'paused'
  /** What the start button says. */
  startTitle: string
  /** Whether the plan, and what it runs on, is there; the policy is asked for here. */
  canStart: boolean
  resumeTitle?: string
  canSave: boolean
  /** What is wrong with the plan, in a sentence. */
  problem?: string | undefined
  on: RunCommands
  /** Notes behind the buttons. */
  children?: ReactNode
}

/** One row of buttons for everything that the policy works on for minutes: start, pause, resume, stop, save. */
export function RunButtons(props: RunButtonsProps) {
  const { name, phase, startTitle, canStart, resumeTitle = 'Resume', canSave, problem, on, children } = props
  const model = useLoadedModel()
  const loading = useModelStore((state) => state.load.status === 'loading')
  const isUnderWay = phase !== 'idle'
  return (
    <div className={styles.buttons}>
      {!isUnderWay && (
        <RunButton id={`${name}-start`} primary disabled={!model || !canStart} onClick={on.start}>
          {startTitle}
        </RunButton>
      )}
      {(phase === 'starting' || phase === 'running') && (
        <RunButton id={`${name}-pause`} disabled={phase === 'starting'} onClick={on.pause}>
          Pause
        </RunButton>
      )}
      {phase === 'paused' && (
        <RunButton id={`${name}-resume`} primary onClick={on.resume}>
          {resumeTitle}
        </RunButton>
      )}
      {isUnderWay && (
        <RunButton id={`${name}-stop`} onClick={on.stop}>
          Stop
        </RunButton>
      )}
      <RunButton id={`${name}-save`} disabled={!canSave} onClick={on.save}>
        Save JSON
      </RunButton>
      {!model && !loading && (
        <RunButton id={`${name}-load`} onClick={() => commands().startLoad()}>
          Load the policy
        </RunButton>
      )}
      {!isUnderWay && problem !== undefined && <span className={styles.problem}>{problem}</span>}
      {children}
    </div>
  )
}

interface RunButtonProps {
  id: string
  primary?: boolean
  disabled?: boolean
  onClick(): void
  children: ReactNode
}

function RunButton({ id, primary, disabled, onClick, children }: RunButtonProps) {
  return (
    <button
      type="button"
      className="button"
      data-primary={primary}
      disabled={disabled}
      onClick={onClick}
      data-testid={id}
    >
      {children}
    </button>
  )
}
