import { provideActions } from '../../stores/actions.ts'
import type { Action, ActionSource } from '../../stores/actions.ts'
import { METHOD_ACTIONS, methodChoices } from './methodActions.ts'
import { PAGE_ACTIONS, places } from './pageActions.ts'
import { PLAYER_ACTIONS } from './playerActions.ts'
import { VIEW_ACTIONS } from './viewActions.ts'

/** Everything that a person can do with the page and that is always there. Keys, tooltips, palette and sheet follow. */
export const ACTIONS: readonly Action[] = [...PLAYER_ACTIONS, ...VIEW_ACTIONS, ...METHOD_ACTIONS, ...PAGE_ACTIONS]

/** What depends on what is open: only the palette offers these. */
export const ACTION_SOURCES: readonly ActionSource[] = [methodChoices, places]

/** Hands the list to the page; called once, before the first render. */
export function startActions(): void {
  provideActions(ACTIONS, ACTION_SOURCES)
}
