import type { SelectorDefinition } from '../pruning/contract.ts'
import { describeParameters } from '../pruning/parameters.ts'
import type { ParameterValue, ParameterValues } from '../pruning/parameters.ts'
import { resolveParameters } from '../pruning/registry.ts'

/** Significant digits of a number in a link: finer than any slider, and free of binary rounding noise. */
const SIGNIFICANT_DIGITS = 6

/** A value as a link can hold it. */
export function roundParameter(value: ParameterValue): ParameterValue {
  if (typeof value !== 'number' || Number.isInteger(value)) return value
  return Number(value.toPrecision(SIGNIFICANT_DIGITS))
}

/** Whether two values are written the same way in a link. */
export function sameParameter(a: ParameterValue, b: ParameterValue): boolean {
  return String(roundParameter(a)) === String(roundParameter(b))
}

/**
 * The parameters whose value differs from the preset's: what a link carries. `resolveParameters` of the registry is the
 * way back.
 * @throws if the method has no such preset
 */
export function parameterOverrides(
  definition: SelectorDefinition,
  preset: string | undefined,
  values: ParameterValues,
): Record<string, ParameterValue> {
  const base = resolveParameters(definition, preset)
  const overrides: Record<string, ParameterValue> = {}
  for (const { name } of describeParameters(definition.parameters)) {
    const value = values[name] as ParameterValue | undefined
    if (value === undefined || sameParameter(value, base[name] as ParameterValue)) continue
    overrides[name] = roundParameter(value)
  }
  return overrides
}
