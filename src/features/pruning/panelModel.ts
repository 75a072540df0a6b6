import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import { describeParameters } from '../../core/pruning/parameters.ts'
import type { ParameterDescription, ParameterValue } from '../../core/pruning/parameters.ts'
import { resolveParameters, selectorRegistry } from '../../core/pruning/registry.ts'
import { sameParameter } from '../../core/share/parameters.ts'

/** Parameters under one heading, in declaration order. */
export interface ParameterGroup {
  title: string
  parameters: readonly ParameterDescription[]
}

/** The method with an id, or the first of the registry. */
export function methodOrFirst(id: string): SelectorDefinition {
  return selectorRegistry.find((definition) => definition.id === id) ?? selectorRegistry[0]
}

/** A method as the picker shows it, with the heading under which it stands. */
export interface MethodOption {
  value: string
  title: string
  group: string
}

/** Methods for the picker: SpecPrune first, then the published ones, then the controls, each in the registry's order. */
export function methodOptions(methods: readonly SelectorDefinition[]): MethodOption[] {
  const headings = ['SpecPrune', 'Published methods', 'Controls']
  return methods
    .map(({ id, title, citation }) => {
      // Oracles cite the measurement that they repeat, but nobody proposes them as a method.
      const isControl = citation.source === '' || id.startsWith('oracle-')
      const group = id === 'specprune' ? headings[0] : isControl ? headings[2] : headings[1]
      return { value: id, title, group }
    })
    .sort((a, b) => headings.indexOf(a.group) - headings.indexOf(b.group))
}

/** A method's parameters by heading, headings in order of first appearance. */
export function groupParameters(definition: SelectorDefinition): ParameterGroup[] {
  const groups = new Map<string, ParameterDescription[]>()
  for (const description of describeParameters(definition.parameters)) {
    const group = groups.get(description.group)
    if (group) group.push(description)
    else groups.set(description.group, [description])
  }
  return [...groups].map(([title, parameters]) => ({ title, parameters }))
}

/** Complete values of a method's preset. */
export function completeValues(definition: SelectorDefinition, presetId?: string): Record<string, ParameterValue> {
  return resolveParameters(definition, presetId) as Record<string, ParameterValue>
}

/** Names of the parameters that differ from the preset's values. */
export function changedParameters(
  definition: SelectorDefinition,
  presetId: string | undefined,
  values: Readonly<Record<string, ParameterValue>>,
): ReadonlySet<string> {
  const base = completeValues(definition, presetId)
  return new Set(Object.keys(base).filter((name) => name in values && !sameParameter(values[name], base[name])))
}

/** The preset that a method opens with. */
export function firstPreset(definition: SelectorDefinition): string | undefined {
  return definition.presets.at(0)?.id
}

/** A number as the panel prints it: no more digits than the slider's step has. */
export function formatNumber(value: number, step: number): string {
  const digits = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9))
  // A preset's value may lie between two steps of the slider, for example 22/3.
  const onStep = Math.abs(value / step - Math.round(value / step)) < 1e-6
  return onStep ? value.toFixed(digits) : String(Number(value.toFixed(digits + 2)))
}
