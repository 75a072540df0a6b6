import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import { findSelector, resolveParameters, selectorRegistry } from '../../core/pruning/registry.ts'
import type { ParameterValue } from '../../core/pruning/parameters.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { sameParameter } from '../../core/share/parameters.ts'
import type { MethodSettings } from '../../stores/methodStore.ts'

type PresetSettings = Pick<MethodSettings, 'methodId' | 'presetId' | 'parameters'>

/** Whether a recorded run answers the settings in the panel. */
export function recordedSettingsMatch(run: RunRecord, settings: MethodSettings): boolean {
  const { method, executeSteps, seed } = run
  if (method.id !== settings.methodId || executeSteps !== settings.executeSteps || seed !== settings.seed) return false
  if ((run.forced ?? '') !== settings.forced || settings.instruction !== '') return false
  let recorded: Record<string, ParameterValue>
  try {
    // A record may hold only what differs from its preset.
    recorded = resolveParameters(findSelector(method.id), method.preset, method.parameters) as Record<
      string,
      ParameterValue
    >
  } catch {
    return false
  }
  return Object.entries(settings.parameters).every(
    ([name, value]) => name in recorded && sameParameter(recorded[name], value),
  )
}

/** The settings that a method opens with: those of its first preset. */
export function openingSettings(methodId: string): PresetSettings {
  return presetSettings(methodId, findSelector(methodId).presets.at(0)?.id)
}

/** A method with exactly the values of a preset; undefined: with the method's defaults. */
export function presetSettings(methodId: string, presetId: string | undefined): PresetSettings {
  const parameters = resolveParameters(findSelector(methodId), presetId) as Record<string, ParameterValue>
  return { methodId, presetId, parameters }
}

/** The method with an id; the registry's first for an unknown one. */
export function methodOf(id: string): SelectorDefinition {
  return selectorRegistry.find((definition) => definition.id === id) ?? selectorRegistry[0]
}
