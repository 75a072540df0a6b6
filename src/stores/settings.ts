import { describeParameters, formatParameterText } from '../core/pruning/parameters.ts'
import type { ParameterValue } from '../core/pruning/parameters.ts'
import { findSelector, resolveParameters, selectorRegistry } from '../core/pruning/registry.ts'
import type { RunRecord } from '../core/schema/runRecord.ts'
import { formatPinned } from '../core/share/compare.ts'
import { parameterOverrides } from '../core/share/parameters.ts'
import type { PinnedSetting } from '../core/share/state.ts'
import { parseForced } from '../core/pruning/forcedText.ts'
import type { MethodSettings } from './methodStore.ts'

/** The settings as a link holds them: only what differs from the preset. */
export function pinSettings({
  methodId,
  presetId,
  parameters,
  executeSteps,
  seed,
  forced,
  instruction,
}: MethodSettings): PinnedSetting {
  return {
    method: methodId,
    ...(presetId === undefined ? {} : { preset: presetId }),
    parameters: parameterOverrides(findSelector(methodId), presetId, { ...parameters }),
    executeSteps,
    seed,
    ...(forced === '' ? {} : { forced }),
    ...(instruction === '' ? {} : { instruction }),
  }
}

/** The complete settings of {@link pinSettings}. @throws if the page has no such method, preset or value. */
export function unpinSettings({
  method,
  preset,
  parameters,
  executeSteps,
  seed,
  forced = '',
  instruction = '',
}: PinnedSetting): MethodSettings {
  const complete = resolveParameters(findSelector(method), preset, parameters) as Record<string, ParameterValue>
  return { methodId: method, presetId: preset, parameters: complete, executeSteps, seed, forced, instruction }
}

/** The settings that a run was made with; undefined if this page does not have its method or values. */
export function settingsOfRun(run: RunRecord): MethodSettings | undefined {
  const { method, executeSteps, seed, forced, instruction, instructionEdited } = run
  try {
    return unpinSettings({
      method: method.id,
      ...(method.preset === undefined ? {} : { preset: method.preset }),
      parameters: method.parameters,
      executeSteps,
      seed,
      ...(forced === undefined ? {} : { forced }),
      ...(instructionEdited ? { instruction } : {}),
    })
  } catch {
    return undefined
  }
}

/** One text for equal settings. A preset whose values were all replaced is told apart by its name only. */
export function settingsKey(settings: MethodSettings): string {
  return formatPinned(pinSettings(settings))
}

/** Settings in the words of the page. */
export interface SettingsLabel {
  /** Method and preset, for example "SpecPrune-VLA, paper v3". */
  title: string
  /** What differs from the preset; empty if nothing does. */
  changes: string
}

/** Names settings for people. */
export function describeSettings(settings: MethodSettings): SettingsLabel {
  const definition = selectorRegistry.find(({ id }) => id === settings.methodId)
  if (!definition) return { title: settings.methodId, changes: '' }
  const preset = definition.presets.find(({ id }) => id === settings.presetId)
  const { parameters } = pinSettings(settings)
  const changes = describeParameters(definition.parameters)
    .filter(({ name }) => name in parameters)
    .map(({ name, title }) => `${title} ${formatParameterText(parameters[name]) || 'none'}`)
  if (settings.executeSteps !== 8) changes.push(`${settings.executeSteps} executed steps`)
  if (settings.seed !== 0) changes.push(`seed ${settings.seed}`)
  const forced = describeForced(settings.forced)
  if (forced !== '') changes.push(forced)
  if (settings.instruction !== '') changes.push(`instruction “${settings.instruction}”`)
  return { title: [definition.title, preset?.title].filter(Boolean).join(', '), changes: changes.join('; ') }
}

/** For example "brush: 4 kept, 12 dropped"; empty if nothing is forced. */
export function describeForced(forced: string): string {
  if (forced === '') return ''
  const { keep, drop, grey = [] } = parseForced(forced)
  const count = ({ length }: ArrayLike<number>, what: string) => (length > 0 ? `${length} ${what}` : '')
  const parts = [count(keep, 'kept'), count(drop, 'dropped'), count(grey, 'greyed')]
  return `brush: ${parts.filter(Boolean).join(', ')}`
}
