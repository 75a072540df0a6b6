import type { SelectorDefinition } from '../pruning/contract.ts'
import { defaultParameters, describeParameters } from '../pruning/parameters.ts'
import type { ParameterValue, ParameterValues } from '../pruning/parameters.ts'

/** Significant digits of a number in a link: finer than any slider, and free of binary rounding noise. */
const SIGNIFICANT_DIGITS = 6

/** A value as a link can hold it. */
export function roundParameter(value: ParameterValue): ParameterValue {
  if (typeof value !== 'number' || Number.isInteger(value)) return value
  return Number(value.toPrecision(SIGNIFICANT_DIGITS))
}

/** Values of a preset; of the defaults where it says nothing or is not known. */
export function presetValues(definition: SelectorDefinition, preset: string | undefined): ParameterValues {
  const values = definition.presets.find((candidate) => candidate.id === preset)?.values
  return { ...defaultParameters(definition.parameters), ...values }
}

/** The parameters whose value differs from the preset's: what a link carries. */
export function parameterOverrides(
  definition: SelectorDefinition,
  preset: string | undefined,
  values: ParameterValues,
): Record<string, ParameterValue> {
  const base = presetValues(definition, preset)
  const overrides: Record<string, ParameterValue> = {}
  for (const { name } of describeParameters(definition.parameters)) {
    const value = values[name] as ParameterValue | undefined
    if (value === undefined || sameParameter(value, base[name] as ParameterValue)) continue
    overrides[name] = roundParameter(value)
  }
  return overrides
}

/** Complete values from a preset and what a link changes: the inverse of {@link parameterOverrides}. */
export function resolveParameters(
  definition: SelectorDefinition,
  preset: string | undefined,
  overrides: Readonly<Record<string, ParameterValue>>,
): ParameterValues {
  return { ...presetValues(definition, preset), ...overrides }
}

/** Whether two values are written the same way in a link. */
export function sameParameter(a: ParameterValue, b: ParameterValue): boolean {
  return String(roundParameter(a)) === String(roundParameter(b))
}
