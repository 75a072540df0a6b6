import { describeParameters, formatParameterText } from '../core/pruning/parameters.ts'
import type { ParameterValue } from '../core/pruning/parameters.ts'
import { findSelector, formatMethod, resolveParameters, selectorRegistry } from '../core/pruning/registry.ts'
import type { MethodSettings } from './methodStore.ts'

/** Value of the choice that stands for the settings in the method panel. */
export const PANEL = 'panel'

/** The part of the settings that a method brings. */
export type MethodPart = Pick<MethodSettings, 'methodId' | 'presetId' | 'parameters'>

/** A method that a comparison or a sweep can hold. */
export interface MethodChoice {
  /** As the command line writes it, or {@link PANEL}. */
  value: string
  title: string
}

/** What can be chosen: the panel's settings, then every method of this visit, own ones too, with every preset. */
export function methodChoices(panel: MethodSettings): MethodChoice[] {
  const registered = selectorRegistry.flatMap(({ id, title, presets }) => {
    if (presets.length === 0) return [{ value: id, title }]
    return presets.map((preset) => ({ value: choiceValue(id, preset.id), title: `${title}, ${preset.title}` }))
  })
  return [{ value: PANEL, title: `Panel: ${panelTitle(panel)}` }, ...registered]
}

/**
 * The method of a choice, with complete values.
 * @param value of one of {@link methodChoices}. It is looked up, not read: ids of own selectors hold a colon.
 * @throws if there is no such choice, for example a selector that was opened in an earlier visit
 */
export function chosenMethod(value: string, panel: MethodSettings): MethodPart {
  if (value === PANEL) return { methodId: panel.methodId, presetId: panel.presetId, parameters: panel.parameters }
  for (const definition of selectorRegistry) {
    const presets = definition.presets.length === 0 ? [undefined] : definition.presets.map(({ id }) => id)
    const presetId = presets.find((preset) => choiceValue(definition.id, preset) === value)
    if (presetId === undefined && value !== definition.id) continue
    const parameters = resolveParameters(definition, presetId) as Record<string, ParameterValue>
    return { methodId: definition.id, presetId, parameters }
  }
  throw new Error(`This page has no method "${value}". A selector of your own has to be opened again in every visit.`)
}

function choiceValue(id: string, preset: string | undefined): string {
  return formatMethod({ id, ...(preset === undefined ? {} : { preset }), values: {} })
}

/** Settings in a few words, with what differs from their preset. */
export function panelTitle({ methodId, presetId, parameters }: MethodPart): string {
  const definition = findSelector(methodId)
  const base = resolveParameters(definition, presetId) as Record<string, ParameterValue>
  const changed = describeParameters(definition.parameters)
    .filter(({ name }) => name in parameters)
    .filter(({ name }) => formatParameterText(base[name]) !== formatParameterText(parameters[name]))
    .map(({ name }) => `${name}=${formatParameterText(parameters[name])}`)
  const preset = definition.presets.find(({ id }) => id === presetId)?.title
  return [definition.title, ...(preset === undefined ? [] : [preset]), ...changed].join(', ')
}
