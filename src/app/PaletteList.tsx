import { Command } from 'cmdk'
import { useState } from 'react'
import { ACTION_GROUPS, allActions, isEnabled } from '../stores/actions.ts'
import type { Action } from '../stores/actions.ts'
import { Keys } from '../ui/Keys.tsx'
import styles from './palette.module.css'
import { rankAction } from './paletteModel.ts'

/** The actions of the moment in which it opens, to search, walk and run. @param props.onDone closes the palette */
export function PaletteList({ onDone }: { onDone(): void }) {
  const [actions] = useState(allActions)
  const run = (action: Action) => {
    // Closed first, so that an action may open a panel of its own.
    onDone()
    action.run()
  }
  return (
    <Command label="Actions" loop filter={rankAction} className={styles.command}>
      <Command.Input
        autoFocus
        className={styles.input}
        placeholder="What do you want to do? Type a few letters"
        data-testid="palette-input"
      />
      <Command.List className={styles.list}>
        <Command.Empty className={styles.empty}>Nothing has that name.</Command.Empty>
        {ACTION_GROUPS.map((group) => (
          <Command.Group key={group} heading={group} className={styles.group}>
            {actions
              .filter((action) => action.group === group)
              .map((action) => (
                <Command.Item
                  key={action.id}
                  value={action.id}
                  keywords={[action.title, `${group} ${action.words ?? ''}`]}
                  disabled={!isEnabled(action)}
                  onSelect={() => run(action)}
                  className={styles.item}
                >
                  <span>{action.title}</span>
                  {action.keys && <Keys chord={action.keys[0]} />}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  )
}
