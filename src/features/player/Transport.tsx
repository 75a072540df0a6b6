import { Toggle } from 'radix-ui'
import type { ReactNode } from 'react'
import { findAction } from '../../stores/actions.ts'
import { SPEEDS, usePlayerStore } from '../../stores/playerStore.ts'
import type { Speed } from '../../stores/playerStore.ts'
import { ActionHint } from '../../ui/ActionHint.tsx'
import { Icon } from '../../ui/Icon.tsx'
import styles from './player.module.css'

/** Play, pause, step, speed, loop, and where we are. */
export function Transport() {
  const playing = usePlayerStore((state) => state.playing)
  const disabled = usePlayerStore((state) => state.frameCount < 2)
  const { play, pause, step } = usePlayerStore.getState()
  return (
    <div className={styles.transport}>
      <ActionHint action="player.frame-back" also="player.ten-back">
        <TransportButton label="One frame back" testId="step-back" disabled={disabled} onClick={() => step(-1)}>
          <Icon name="back" />
        </TransportButton>
      </ActionHint>
      <ActionHint action="player.play" text={playing ? 'Pause' : 'Play'} also="player.back">
        <TransportButton
          label={playing ? 'Pause' : 'Play'}
          testId="play"
          primary
          disabled={disabled}
          onClick={() => (playing ? pause() : play())}
        >
          <Icon name={playing ? 'pause' : 'play'} />
        </TransportButton>
      </ActionHint>
      <ActionHint action="player.frame-on" also="player.ten-on">
        <TransportButton label="One frame on" testId="step-forward" disabled={disabled} onClick={() => step(1)}>
          <Icon name="forward" />
        </TransportButton>
      </ActionHint>
      <SpeedSelect />
      <LoopToggle disabled={disabled} />
      <FrameCounter />
    </div>
  )
}

interface TransportButtonProps {
  label: string
  testId: string
  disabled: boolean
  primary?: boolean
  onClick(): void
  children: ReactNode
}

/** Takes the tooltip's own properties too. */
function TransportButton({ label, testId, primary, children, ...rest }: TransportButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className="button"
      data-icon
      data-primary={primary ? '' : undefined}
      aria-label={label}
      data-testid={testId}
    >
      {children}
    </button>
  )
}

function SpeedSelect() {
  const speed = usePlayerStore((state) => state.speed)
  const { setSpeed } = usePlayerStore.getState()
  return (
    <ActionHint action="player.slower" also="player.faster">
      <select
        className="button"
        aria-label="Playback speed"
        data-testid="speed"
        value={speed}
        onChange={(event) => setSpeed(Number(event.target.value) as Speed)}
      >
        {SPEEDS.map((option) => (
          <option key={option} value={option}>
            {option}×
          </option>
        ))}
      </select>
    </ActionHint>
  )
}

/** On while a range is repeated; its ends are set by keys. */
function LoopToggle({ disabled }: { disabled: boolean }) {
  const loop = usePlayerStore((state) => state.loop)
  const label = loop ? `Looping frames ${loop.from} to ${loop.to}` : 'Loop'
  return (
    <ActionHint
      action="player.loop"
      text={loop ? `${label}. Stop` : 'Loop the whole episode'}
      also={loop ? 'player.loop-end' : 'player.loop-start'}
    >
      <Toggle.Root
        className={`button ${styles.loopToggle}`}
        data-icon
        disabled={disabled}
        pressed={loop !== undefined}
        onPressedChange={() => findAction('player.loop')?.run()}
        aria-label={label}
        data-testid="loop"
      >
        <Icon name="loop" />
      </Toggle.Root>
    </ActionHint>
  )
}

function FrameCounter() {
  const frame = usePlayerStore((state) => state.frame)
  const frameCount = usePlayerStore((state) => state.frameCount)
  const fps = usePlayerStore((state) => state.fps)
  return (
    <span className={styles.counter} data-testid="frame-counter">
      <b>{frame}</b> / {Math.max(0, frameCount - 1)}
      <span className="muted"> {(frame / fps).toFixed(2)} s</span>
    </span>
  )
}
