import type { KeyboardEvent } from 'react'
import { useSimulatorStore } from '../../stores/simulatorStore.ts'
import { ask } from './request.ts'
import { keyMove } from './sceneModel.ts'
import styles from './simulator.module.css'

/** The objects on the table, to be moved by keys: what dragging does, without a pointer. */
export function TableObjects() {
  const objects = useSimulatorStore((state) => state.begun?.objects)
  const selected = useSimulatorStore((state) => state.selectedObject)
  const { update } = useSimulatorStore.getState()
  if (!objects) return null
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const by = keyMove(event.key, event.shiftKey)
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return
    // The page's own arrow keys drive the player.
    event.preventDefault()
    event.stopPropagation()
    update({ selectedObject: index })
    ask((simulator) => simulator.nudge(index, by))
  }
  return (
    <div className={styles.objects} role="group" aria-label="Objects on the table">
      <span className="muted">Move by arrow keys (Shift: further):</span>
      {objects.map((name, index) => (
        <button
          key={name}
          type="button"
          className="button"
          aria-pressed={index === selected}
          onClick={() => update({ selectedObject: index })}
          onKeyDown={(event) => onKeyDown(event, index)}
          data-testid={`object-${index}`}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
