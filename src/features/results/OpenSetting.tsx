import { useMethodStore } from '../../stores/methodStore.ts'
import { unpinSettings } from '../../stores/settings.ts'
import type { ResultRow } from './resultsModel.ts'

/** Puts the exact setting of a row into the playground. */
export function OpenSetting({ row: { method, executeSteps, methodSeed } }: { row: ResultRow }) {
  const settings = settingsOf(method, executeSteps, methodSeed)
  return (
    <button
      type="button"
      className="button"
      data-quiet
      disabled={!settings}
      title={settings ? 'Open this setting in the method panel' : 'This page does not have this method or its values'}
      aria-label={`Open ${method.label} in the playground`}
      onClick={() => settings && useMethodStore.getState().apply(settings)}
    >
      Open
    </button>
  )
}

function settingsOf({ id, preset, parameters }: ResultRow['method'], executeSteps: number, seed: number) {
  try {
    const named = { method: id, ...(preset === undefined ? {} : { preset }), parameters }
    return unpinSettings({ ...named, executeSteps, seed })
  } catch {
    return undefined
  }
}
