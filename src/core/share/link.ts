import type { SelectorDefinition } from '../pruning/contract.ts'
import { describeParameters, formatParameterText, parseParameterText } from '../pruning/parameters.ts'
import type { ParameterValue } from '../pruning/parameters.ts'
import { resolveParameters } from '../pruning/registry.ts'
import { PARAMETER_PREFIX, PLAIN_PROPERTIES, SHARE_FIELDS, VERSION_KEY } from './fields.ts'
import type { PlainState, ShareField } from './fields.ts'
import { roundParameter, sameParameter } from './parameters.ts'
import { compareProvenance } from './provenance.ts'
import type { Present } from './provenance.ts'
import { MAX_FRAGMENT_LENGTH, SHARE_DEFAULTS, SHARE_VERSION } from './state.ts'
import type { ShareState } from './state.ts'

/** What a link is read against. */
export interface ShareContext {
  /** The pruning methods of this page. */
  methods: readonly SelectorDefinition[]
  /** The model and dataset at hand, where they are known already. */
  present?: Present
}

/** A state and, in plain words, what could not be taken over. */
export interface ShareResult {
  state: ShareState
  notes: string[]
}

/**
 * Reads the state of a link. Never throws: what is not understood falls back to its default with a note.
 * @param fragment with or without the leading `#`
 */
export function parseShareState(fragment: string, context: ShareContext): ShareResult {
  const notes: string[] = []
  const entries = readEntries(fragment, notes)
  checkVersion(entries.get(VERSION_KEY), notes)
  entries.delete(VERSION_KEY)

  const plain = Object.fromEntries(PLAIN_PROPERTIES.map((property) => [property, take(entries, property, notes)]))
  const parameterTexts = takeParameters(entries)
  const unknown = [...entries].sort(byKey)
  const base = { ...(plain as unknown as Omit<ShareState, 'parameters' | 'unknown'>), unknown }
  const state = withoutUndefined({ ...base, ...readMethod(base, parameterTexts, context, notes) })
  notes.push(...compareProvenance(state, context.present))
  return { state, notes }
}

/**
 * Writes a state as a fragment without `#`: sorted keys, defaults left out, at most {@link MAX_FRAGMENT_LENGTH} characters.
 * Unknown keys that would not fit are left out.
 */
export function buildShareFragment(state: ShareState): string {
  const pairs: [string, string][] = [[VERSION_KEY, String(SHARE_VERSION)]]
  for (const property of PLAIN_PROPERTIES) {
    const text = formatField(property, state)
    if (text !== undefined) pairs.push([SHARE_FIELDS[property].key, text])
  }
  for (const [name, value] of Object.entries(state.parameters)) {
    pairs.push([PARAMETER_PREFIX + name, formatParameterText(roundParameter(value))])
  }
  let length = pairs.reduce((sum, pair) => sum + formatPair(pair).length + 1, -1)
  for (const [key, value] of state.unknown) {
    if (isKnownKey(key)) continue
    const size = formatPair([key, value]).length + 1
    if (length + size > MAX_FRAGMENT_LENGTH) continue
    length += size
    pairs.push([key, value])
  }
  return pairs.sort(byKey).map(formatPair).join('&')
}

/** Key-value pairs of a fragment. A key that comes twice keeps its last value. */
function readEntries(fragment: string, notes: string[]): Map<string, string> {
  const entries = new Map<string, string>()
  for (const part of fragment.replace(/^#/, '').split('&')) {
    if (part === '') continue
    const split = part.indexOf('=')
    const key = decodeText(split < 0 ? part : part.slice(0, split))
    const value = decodeText(split < 0 ? '' : part.slice(split + 1))
    if (key === undefined || value === undefined) {
      notes.push(`A part of the link is damaged and was left out: "${shorten(part)}".`)
      continue
    }
    if (entries.has(key)) notes.push(`The link has "${shorten(key)}" twice; the last value is used.`)
    entries.set(key, value)
  }
  return entries
}

function checkVersion(text: string | undefined, notes: string[]): void {
  if (text === undefined || text === String(SHARE_VERSION)) return
  const newer = /^\d{1,6}$/.test(text) && Number(text) > SHARE_VERSION
  notes.push(
    newer
      ? `This link comes from a newer version of the page (link format ${text}); what this version knows was read. Reload the page to update it.`
      : `The link's format version "${shorten(text)}" is not known; it was read as version ${SHARE_VERSION}.`,
  )
}

/** Reads and removes one property's key. */
function take<K extends keyof PlainState>(entries: Map<string, string>, property: K, notes: string[]): ShareState[K] {
  const field: ShareField<ShareState[K]> = SHARE_FIELDS[property]
  const text = entries.get(field.key)
  entries.delete(field.key)
  if (text === undefined) return field.default
  const value = field.parse(text)
  if (value !== undefined) return value
  notes.push(`The link's ${field.title} "${shorten(text)}" was not understood (expected ${field.range}).`)
  return field.default
}

function takeParameters(entries: Map<string, string>): [name: string, text: string][] {
  const found = [...entries].filter(([key]) => key.startsWith(PARAMETER_PREFIX)).sort(byKey)
  for (const [key] of found) entries.delete(key)
  return found.map(([key, text]) => [key.slice(PARAMETER_PREFIX.length), text])
}

/** Method, preset and parameters: they only make sense together. */
function readMethod(
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

/** Text of one property, or undefined if it has its default. */
function formatField<K extends keyof PlainState>(property: K, state: ShareState): string | undefined {
  const field: ShareField<ShareState[K]> = SHARE_FIELDS[property]
  const value = state[property]
  if (value === undefined || value === null || value === field.default) return undefined
  return field.format(value)
}

function isKnownKey(key: string): boolean {
  const plain = PLAIN_PROPERTIES.some((property) => SHARE_FIELDS[property].key === key)
  return plain || key === VERSION_KEY || key.startsWith(PARAMETER_PREFIX)
}

function formatPair([key, value]: readonly [string, string]): string {
  return `${encodeText(key)}=${encodeText(value)}`
}

/** Percent-encoding that leaves alone what is safe in a fragment and read by people. */
function encodeText(text: string): string {
  // encodeURIComponent throws on half a surrogate pair.
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\uFFFD')
  return encodeURIComponent(wellFormed).replace(/%(?:2C|2F|3A|40)/g, decodeURIComponent)
}

function decodeText(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function byKey(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

/** Leaves undefined properties out, so that a parsed state equals one that was written by hand. */
function withoutUndefined(state: ShareState): ShareState {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as unknown as ShareState
}
