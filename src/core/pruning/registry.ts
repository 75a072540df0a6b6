import type { SelectorContext, SelectorDefinition, SelectorSession } from './contract.ts'
import { dense } from './dense.ts'
import {
  describeParameters,
  formatParameterText,
  parseParameterText,
  type ParameterSchema,
  type ParameterValue,
  type ParameterValues,
} from './parameters.ts'
import { oracleAttention } from './oracleAttention.ts'
import { oracleRelevance } from './oracleRelevance.ts'
import { cdpruner } from './peers/cdpruner.ts'
import { dart } from './peers/dart.ts'
import { divprune } from './peers/divprune.ts'
import { efficientvla } from './peers/efficientvla.ts'
import { fastv } from './peers/fastv.ts'
import { flashvla } from './peers/flashvla.ts'
import { safePrunerStyle } from './peers/safePruner.ts'
import { sparsevlm } from './peers/sparsevlm.ts'
import { teamVla } from './peers/teamVla.ts'
import { tome } from './peers/tome.ts'
import { vlaAdp } from './peers/vlaAdp.ts'
import { vlaCache } from './peers/vlaCache.ts'
import { vlaIapStyle } from './peers/vlaIap.ts'
import { vlaPruner } from './peers/vlaPruner.ts'
import { random } from './random.ts'
import { specprune } from './specprune.ts'
import { stratified } from './stratified.ts'
import { stride } from './stride.ts'
import { withConfounds } from './wrappers.ts'

const definitions: readonly SelectorDefinition[] = [
  specprune,
  dense,
  random,
  stride,
  stratified,
  oracleRelevance,
  oracleAttention,
  fastv,
  sparsevlm,
  divprune,
  dart,
  cdpruner,
  tome,
  efficientvla,
  flashvla,
  teamVla,
  vlaPruner,
  vlaAdp,
  vlaCache,
  safePrunerStyle,
  vlaIapStyle,
]

const registry: SelectorDefinition[] = definitions.map(withConfounds)

/** All pruning methods, in the order in which panels list them, each with the confounds that it can be run with. */
export const selectorRegistry: readonly SelectorDefinition[] = registry

/** Adds a method that is no part of the project, for as long as this thread runs; one of the same id is replaced. */
export function addSelector(definition: SelectorDefinition): void {
  const known = registry.findIndex(({ id }) => id === definition.id)
  registry.splice(known < 0 ? registry.length : known, known < 0 ? 0 : 1, definition)
}

/** A method as a person names it: registry id, preset, and the parameters that differ from the preset. */
export interface Method {
  id: string
  preset?: string
  values: Readonly<Record<string, ParameterValue>>
}

/** The method with an id. @throws with the known ids. */
export function findSelector(id: string): SelectorDefinition {
  const found = selectorRegistry.find((definition) => definition.id === id)
  if (found) return found
  throw new Error(`Unknown method "${id}". Known methods: ${selectorRegistry.map((entry) => entry.id).join(', ')}.`)
}

/**
 * Complete, checked parameters: defaults, overlaid by the preset, overlaid by the overrides.
 * @throws if the preset or a parameter does not exist (naming those that do), or a value is out of range.
 */
export function resolveParameters<S extends ParameterSchema>(
  definition: SelectorDefinition<S>,
  preset?: string,
  overrides: Readonly<Record<string, unknown>> = {},
): ParameterValues<S> {
  for (const name of Object.keys(overrides)) describeParameter(definition, name)
  const values = { ...presetValues(definition, preset), ...overrides }
  const result = definition.parameters.safeParse(values)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Error(`${definition.id}: ${issue.path.join('.')}: ${issue.message}.`)
}

/**
 * Reads a method from text: `id[:preset][:name=value]...`, for example `specprune`, `specprune:paper-v3`,
 * `random:keep=0.3`, `specprune:paper-v3:dropShare=0.2:globalLayers=15,32`.
 * @throws if the method, preset or parameter does not exist, or a value cannot be read.
 */
export function parseMethod(text: string): Method {
  const [id, ...parts] = text.trim().split(':')
  const definition = findSelector(id)
  const preset = parts.length > 0 && !parts[0].includes('=') ? parts.shift() : undefined
  presetValues(definition, preset)
  const values: Record<string, ParameterValue> = {}
  for (const part of parts) {
    const separator = part.indexOf('=')
    if (separator < 0) throw new Error(`${id}: expected name=value, got "${part}".`)
    const description = describeParameter(definition, part.slice(0, separator))
    values[description.name] = parseParameterText(description, part.slice(separator + 1))
  }
  return preset === undefined ? { id, values } : { id, preset, values }
}

/** The text that {@link parseMethod} reads back to the same method. */
export function formatMethod(method: Method): string {
  const values = Object.entries(method.values).map(([name, value]) => `${name}=${formatParameterText(value)}`)
  return [method.id, ...(method.preset === undefined ? [] : [method.preset]), ...values].join(':')
}

/** Starts a method on a policy. @throws as {@link findSelector} and {@link resolveParameters}. */
export function startMethod(method: Method, context: SelectorContext): SelectorSession {
  const definition = findSelector(method.id)
  return definition.start(resolveParameters(definition, method.preset, method.values), context)
}

function presetValues<S extends ParameterSchema>(
  definition: SelectorDefinition<S>,
  preset: string | undefined,
): object {
  if (preset === undefined) return {}
  const found = definition.presets.find((entry) => entry.id === preset)
  if (found) return found.values
  const known = definition.presets.map((entry) => entry.id).join(', ') || 'none'
  throw new Error(`${definition.id} has no preset "${preset}". Known presets: ${known}.`)
}

function describeParameter<S extends ParameterSchema>(definition: SelectorDefinition<S>, name: string) {
  const all = describeParameters(definition.parameters)
  const found = all.find((description) => description.name === name)
  if (found) return found
  const known = all.map((description) => description.name).join(', ') || 'none'
  throw new Error(`${definition.id} has no parameter "${name}". Known parameters: ${known}.`)
}
