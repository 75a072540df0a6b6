import { Select } from 'radix-ui'
import { SPEEDS, usePlayerStore } from '../../stores/playerStore.ts'
import type { Speed } from '../../stores/playerStore.ts'
import { Hint } from '../../ui/Hint.tsx'
import { Icon } from '../../ui/Icon.tsx'
import styles from './player.module.css'

/** Play, pause, step, speed, and where we are. */
export function Transport() {
  const playing = usePlayerStore((state) => state.playing)
  const speed = usePlayerStore((state) => state.speed)
  const disabled = usePlayerStore((state) => state.frameCount < 2)
  const { play, pause, step, setSpeed } = usePlayerStore.getState()
  return (
    <div className={styles.transport}>
      <Hint
        text={
          <>
            One frame back <Key>←</Key> ten <Key>Shift ←</Key>
          </>
        }
      >
        <button
          type="button"
          className="button"
          data-icon
          disabled={disabled}
          aria-label="One frame back"
          onClick={() => step(-1)}
          data-testid="step-back"
        >
          <Icon name="back" />
        </button>
      </Hint>
      <Hint
        text={
          <>
            {playing ? 'Pause' : 'Play'} <Key>Space</Key>
          </>
        }
      >
        <button
          type="button"
          className="button"
          data-icon
          data-primary
          disabled={disabled}
          aria-label={playing ? 'Pause' : 'Play'}
          onClick={playing ? pause : play}
          data-testid="play"
        >
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
      </Hint>
      <Hint
        text={
          <>
            One frame on <Key>→</Key> ten <Key>Shift →</Key>
          </>
        }
      >
        <button
          type="button"
          className="button"
          data-icon
          disabled={disabled}
          aria-label="One frame on"
          onClick={() => step(1)}
          data-testid="step-forward"
        >
          <Icon name="forward" />
        </button>
      </Hint>
      <Select.Root value={String(speed)} onValueChange={(value) => setSpeed(Number(value) as Speed)}>
        <Select.Trigger className="button" aria-label="Playback speed" data-testid="speed">
          <Select.Value>{speed}×</Select.Value>
          <Icon name="chevron" size={11} />
        </Select.Trigger>
        <Select.Portal>
          <Select.Content className="menu" position="popper" sideOffset={4}>
            <Select.Viewport>
              {SPEEDS.map((option) => (
                <Select.Item key={option} value={String(option)} className="menu-item">
                  <Select.ItemText>{option}×</Select.ItemText>
                </Select.Item>
              ))}
            </Select.Viewport>
          </Select.Content>
        </Select.Portal>
      </Select.Root>
      <FrameCounter />
    </div>
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

function Key({ children }: { children: string }) {
  return <span className="kbd">{children}</span>
}
