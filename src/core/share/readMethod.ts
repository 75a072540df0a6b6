import type { SelectorDefinition } from '../pruning/contract.ts'
import { describeParameters, parseParameterText } from '../pruning/parameters.ts'
import type { ParameterValue } from '../pruning/parameters.ts'
import { resolveParameters } from '../pruning/registry.ts'
import { roundParameter, sameParameter } from './parameters.ts'
import type { Present } from './provenance.ts'
import { SHARE_DEFAULTS } from './state.ts'
import type { ShareState } from './state.ts'

/** What a link is read against. */
export interface ShareContext {
  /** The pruning methods of this page. */
  methods: readonly SelectorDefinition[]
  /** The model and dataset at hand, where they are known already. */
  present?: Present
}

/**
 * Method, preset and parameters: they only make sense together. What does not exist falls back, with a note.
 * @param link ids as the link names them
 * @param parameterTexts parameters that the link names
 * @param notes grows
 */
export function readMethod(
  link: Pick<ShareState, 'method' | 'preset'>,
  parameterTexts: readonly [name: string, text: string][],
  context: ShareContext,
  notes: string[],
): Pick<ShareState, 'method' | 'preset' | 'parameters'> {
  const definition = context.methods.find(({ id }) => id === link.method)
  if (!definition) {
    const fallback = context.methods.find(({ id }) => id === SHARE_DEFAULTS.method) ?? context.methods.at(0)
    const instead = fallback ? `; ${fallback.title} with its defaults is shown instead` : ''
    notes.push(`This page has no method "${link.method}"${instead}.`)
    return { method: fallback?.id ?? SHARE_DEFAULTS.method, preset: undefined, parameters: {} }
  }
  const known = link.preset === undefined || definition.presets.some(({ id }) => id === link.preset)
  if (!known) notes.push(`${definition.title} has no preset "${link.preset}"; its defaults are used.`)
  const preset = known ? link.preset : undefined
  return { method: link.method, preset, parameters: readParameters(definition, preset, parameterTexts, notes) }
}

function readParameters(
  definition: SelectorDefinition,
  preset: string | undefined,
  texts: readonly [name: string, text: string][],
  notes: string[],
): Record<string, ParameterValue> {
  const descriptions = describeParameters(definition.parameters)
  const base = resolveParameters(definition, preset)
  const parameters: Record<string, ParameterValue> = {}
  for (const [name, text] of texts) {
    const description = descriptions.find((candidate) => candidate.name === name)
    if (!description) {
      notes.push(`${definition.title} has no parameter "${shorten(name)}"; it was left out.`)
      continue
    }
    try {
      const value = roundParameter(parseParameterText(description, text))
      if (!sameParameter(value, base[name] as ParameterValue)) parameters[name] = value
    } catch {
      const kept = preset === undefined ? 'its default' : "the preset's value"
      notes.push(`The link's value "${shorten(text)}" for ${description.title} is not possible; ${kept} is used.`)
    }
  }
  return parameters
}

/** Text of a link as a note quotes it. */
export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
