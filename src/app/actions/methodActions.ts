import { selectorRegistry } from '../../core/pruning/registry.ts'
import { commands } from '../../stores/commands.ts'
import { useCompareStore } from '../../stores/compareStore.ts'
import type { Action } from '../../stores/actions.ts'
import { methodSettings, useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useRunStore } from '../../stores/runStore.ts'
import { redoSettings, undoSettings, useSettingsHistory } from '../../stores/settingsHistory.ts'
import { methodOf, openingSettings, presetSettings } from '../controllers/settings.ts'

const modelIsReady = () => useModelStore.getState().load.status === 'ready'
const runs = () => ['running', 'queued'].includes(useRunStore.getState().progress.status)

/** The settings as a whole, and the live run. */
export const METHOD_ACTIONS: readonly Action[] = [
  {
    id: 'method.undo',
    title: 'Undo the latest change of a setting',
    group: 'Method',
    keys: ['Mod+z'],
    enabled: () => useSettingsHistory.getState().past.length > 0,
    run: () => void undoSettings(),
  },
  {
    id: 'method.redo',
    title: 'Redo what was undone',
    group: 'Method',
    keys: ['Mod+Shift+z', 'Mod+y'],
    enabled: () => useSettingsHistory.getState().future.length > 0,
    run: () => void redoSettings(),
  },
  {
    id: 'method.reset',
    title: 'Reset the settings to the preset',
    group: 'Method',
    run() {
      const { methodId, presetId, apply } = useMethodStore.getState()
      apply(presetSettings(methodId, presetId))
    },
  },
  {
    id: 'method.pin',
    title: 'Pin the settings for comparison',
    group: 'Method',
    keys: ['Shift+p'],
    words: 'compare A B card',
    run: () => useCompareStore.getState().pin(methodSettings(useMethodStore.getState())),
  },
  {
    id: 'method.run',
    title: 'Run the settings over the episode again',
    group: 'Method',
    keys: ['r'],
    words: 'live',
    enabled: modelIsReady,
    run: () => commands().runLive(),
  },
  {
    id: 'method.cancel',
    title: 'Cancel the live run',
    group: 'Method',
    keys: ['Shift+r'],
    words: 'stop abort',
    enabled: runs,
    run: () => commands().cancelRun(),
  },
]

/** One action for each method and for each preset of the method in the panel. */
export function methodChoices(): Action[] {
  const { methodId, presetId, apply } = useMethodStore.getState()
  const definition = methodOf(methodId)
  return [
    ...selectorRegistry
      .filter(({ id }) => id !== methodId)
      .map(({ id, title, summary }): Action => ({
        id: `method.choose.${id}`,
        title: `Method: ${title}`,
        group: 'Method',
        words: summary,
        run: () => apply(openingSettings(id)),
      })),
    ...definition.presets
      .filter(({ id }) => id !== presetId)
      .map(({ id, title }): Action => ({
        id: `method.preset.${id}`,
        title: `Preset: ${title}`,
        group: 'Method',
        run: () => apply(presetSettings(methodId, id)),
      })),
  ]
}
