import { findAction } from '../../stores/actions.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { ActionHint } from '../../ui/ActionHint.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { describeMoment } from './momentsModel.ts'
import type { Moment } from './momentsModel.ts'
import styles from './player.module.css'

/** Goes from one interesting moment to the next and says what is interesting about this one. */
export function MomentLine({ moments }: { moments: readonly Moment[] }) {
  // The same object while the frame is none or the same: playing renders nothing between moments.
  const here = usePlayerStore(({ frame }) => moments.find((moment) => moment.frame === frame))
  const count = `${moments.length} moments`
  return (
    <div className={styles.moments} data-testid="moments">
      <JumpButton action="player.previous-moment" label="Previous interesting moment" icon="previous" />
      <output className={styles.momentText} data-testid="moment">
        {here ? describeMoment(here) : <span className="muted">{count}</span>}
      </output>
      <JumpButton action="player.next-moment" label="Next interesting moment" icon="next" />
    </div>
  )
}

interface JumpButtonProps {
  action: string
  label: string
  icon: 'previous' | 'next'
}

function JumpButton({ action, label, icon }: JumpButtonProps) {
  return (
    <ActionHint action={action}>
      <button
        type="button"
        className={`button ${styles.jump}`}
        data-quiet
        data-icon
        aria-label={label}
        onClick={() => findAction(action)?.run()}
      >
        <Icon name={icon} size={11} />
      </button>
    </ActionHint>
  )
}
