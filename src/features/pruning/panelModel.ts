import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import { describeParameters } from '../../core/pruning/parameters.ts'
import type { ParameterDescription, ParameterValue } from '../../core/pruning/parameters.ts'
import { OWN_PREFIX } from '../../core/pruning/remoteCustom.ts'
import { REFERENCE_LAYERS, scaleLayer, scaleLayers } from '../../core/pruning/scaling.ts'
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
  const headings = ['SpecPrune', 'Published methods', 'Controls', 'Your own']
  return methods
    .map(({ id, title, citation }) => {
      // Oracles cite the measurement that they repeat, but nobody proposes them as a method.
      const isControl = citation.source === '' || id.startsWith('oracle-')
      const own = id.startsWith(OWN_PREFIX)
      const group = own ? headings[3] : id === 'specprune' ? headings[0] : isControl ? headings[2] : headings[1]
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

/** Whether a parameter differs from its preset's value; one without a value does not. */
export function isChanged(value: ParameterValue | undefined, base: ParameterValue): boolean {
  return value !== undefined && !sameParameter(value, base)
}

/** By group: how many parameters differ from the preset's values. */
export function changedCounts(
  groups: readonly ParameterGroup[],
  values: Readonly<Record<string, ParameterValue>>,
  base: Readonly<Record<string, ParameterValue>>,
): number[] {
  return groups.map(({ parameters }) => parameters.filter(({ name }) => isChanged(values[name], base[name])).length)
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

/** One layer of the model in a choice of layers. */
export interface LayerChip {
  /** Of this model, from 1. */
  layer: number
  pressed: boolean
}

/** A parameter that holds layers. */
export type LayersDescription = Extract<ParameterDescription, { kind: 'layers' }>

/** The layers of this model with those that a value means. A value of a deeper model's layers is scaled. */
export function layerChips(
  { scaled = false }: LayersDescription,
  value: readonly number[],
  layers: number,
): LayerChip[] {
  const meant = new Set(scaled ? scaleLayers(value, layers) : value)
  return Array.from({ length: layers }, (_, i) => ({ layer: i + 1, pressed: meant.has(i + 1) }))
}

/**
 * The value after a layer of this model is pressed. Off: everything that means it goes. On: the layer itself or, where
 * the value is of a 32-layer model, the layer there that lies at its depth.
 */
export function toggleLayer(
  { scaled = false }: LayersDescription,
  value: readonly number[],
  layer: number,
  layers: number,
): number[] {
  const meaning = (entry: number) => (scaled ? scaleLayer(entry, layers) : entry)
  const others = value.filter((entry) => meaning(entry) !== layer)
  if (others.length < value.length) return others
  const added = scaled ? referenceLayer(layer, layers) : layer
  return [...value, added].sort((a, b) => a - b)
}

/** The layer of the 32-layer model that scales to a layer of this one, nearest to its depth. */
function referenceLayer(layer: number, layers: number): number {
  const exact = (layer * REFERENCE_LAYERS) / layers
  const candidates = Array.from({ length: REFERENCE_LAYERS }, (_, i) => i + 1)
  const fitting = candidates.filter((candidate) => scaleLayer(candidate, layers) === layer)
  // A model that is deeper than the reference has layers that none of its layers scales to.
  return (fitting.length > 0 ? fitting : candidates).reduce((best, next) =>
    Math.abs(next - exact) < Math.abs(best - exact) ? next : best,
  )
}

/** The value in words: `15, 32 of 32` where it is of a deeper model, layers that this model does not have included. */
export function describeLayers({ scaled = false, max }: LayersDescription, value: readonly number[]): string {
  if (value.length === 0) return 'none'
  return scaled ? `${value.join(', ')} of ${max}` : value.join(', ')
}
