import { formatParameterText } from '../pruning/parameters.ts'
import { compareSince, formatPinned, readCompare } from './compare.ts'
import { COMPARE_KEY, COMPARE_SINCE, PARAMETER_PREFIX, PLAIN_PROPERTIES, SHARE_FIELDS, VERSION_KEY } from './fields.ts'
import type { PlainState, ShareField } from './fields.ts'
import { roundParameter } from './parameters.ts'
import { compareProvenance } from './provenance.ts'
import { readMethod, shorten } from './readMethod.ts'
import type { ShareContext } from './readMethod.ts'
import { MAX_FRAGMENT_LENGTH, SHARE_VERSION } from './state.ts'
import type { PinnedSetting, ShareState } from './state.ts'

export type { ShareContext } from './readMethod.ts'

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
  const version = readVersion(entries.get(VERSION_KEY), notes)
  entries.delete(VERSION_KEY)

  const known = PLAIN_PROPERTIES.filter((property) => sinceOf(property) <= version)
  const plain = Object.fromEntries(known.map((property) => [property, take(entries, property, notes)]))
  const parameterTexts = takeParameters(entries)
  const compare = version >= COMPARE_SINCE ? readCompare(takeText(entries, COMPARE_KEY), context, notes) : undefined
  const unknown = [...entries].sort(byKey)
  const base = { ...(plain as unknown as Omit<ShareState, 'parameters' | 'unknown'>), unknown }
  const state = withoutUndefined({ ...base, ...readMethod(base, parameterTexts, context, notes), compare })
  notes.push(...compareProvenance(state, context.present))
  return { state, notes }
}

/**
 * Writes a state as a fragment without `#`: sorted keys, defaults left out, at most {@link MAX_FRAGMENT_LENGTH} characters.
 * Settings to compare with, the brush, and unknown keys that would not fit are left out, in this order of importance.
 */
export function buildShareFragment(state: ShareState): string {
  const texts = PLAIN_PROPERTIES.filter((property) => property !== 'forced').map((property) => ({
    property,
    text: formatField(property, state),
  }))
  const pairs: [string, string][] = []
  let version = 1
  for (const { property, text } of texts) {
    if (text === undefined) continue
    pairs.push([SHARE_FIELDS[property].key, text])
    version = Math.max(version, sinceOf(property))
  }
  for (const [name, value] of Object.entries(state.parameters)) {
    pairs.push([PARAMETER_PREFIX + name, formatParameterText(roundParameter(value))])
  }
  // The version is one digit, whatever it turns out to be.
  let length = pairs.reduce((sum, pair) => sum + formatPair(pair).length + 1, formatPair([VERSION_KEY, '1']).length)
  const addIfItFits = (pair: [string, string]) => {
    const size = formatPair(pair).length + 1
    if (length + size > MAX_FRAGMENT_LENGTH) return false
    length += size
    pairs.push(pair)
    return true
  }
  const compare = fittingCompare(state.compare ?? [], MAX_FRAGMENT_LENGTH - length)
  if (compare.text !== '' && addIfItFits([COMPARE_KEY, compare.text]))
    version = Math.max(version, compareSince(compare.settings))
  const forced = formatField('forced', state)
  const forcedField = SHARE_FIELDS.forced
  if (forced !== undefined && addIfItFits([forcedField.key, forced]))
    version = Math.max(version, forcedField.sinceOf?.(state.forced ?? '') ?? 1)
  for (const [key, value] of state.unknown) if (!isKnownKey(key, version)) addIfItFits([key, value])
  return [...pairs, [VERSION_KEY, String(version)] as const].sort(byKey).map(formatPair).join('&')
}

/** As many of the settings as fit, from the first. */
function fittingCompare(
  settings: readonly PinnedSetting[],
  room: number,
): { text: string; settings: readonly PinnedSetting[] } {
  let text = ''
  let count = 0
  for (const setting of settings) {
    const longer = text === '' ? formatPinned(setting) : `${text}~${formatPinned(setting)}`
    if (formatPair([COMPARE_KEY, longer]).length + 1 > room) break
    text = longer
    count++
  }
  return { text, settings: settings.slice(0, count) }
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

/** The version that a link is to be read as. */
function readVersion(text: string | undefined, notes: string[]): number {
  const digits = text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined
  if (text === undefined) return SHARE_VERSION
  if (digits !== undefined && digits >= 1 && digits <= SHARE_VERSION) return digits
  notes.push(
    digits !== undefined && digits > SHARE_VERSION
      ? `This link comes from a newer version of the page (link format ${text}); what this version knows was read. Reload the page to update it.`
      : `The link's format version "${shorten(text)}" is not known; it was read as version ${SHARE_VERSION}.`,
  )
  return SHARE_VERSION
}

function sinceOf(property: keyof PlainState): number {
  return SHARE_FIELDS[property].since ?? 1
}

function takeText(entries: Map<string, string>, key: string): string | undefined {
  const text = entries.get(key)
  entries.delete(key)
  return text
}

/** Reads and removes one property's key. */
function take<K extends keyof PlainState>(entries: Map<string, string>, property: K, notes: string[]): ShareState[K] {
  const field: ShareField<ShareState[K]> = SHARE_FIELDS[property]
  const text = takeText(entries, field.key)
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

/** Text of one property, or undefined if it has its default. */
function formatField<K extends keyof PlainState>(property: K, state: ShareState): string | undefined {
  const field: ShareField<ShareState[K]> = SHARE_FIELDS[property]
  const value = state[property]
  if (value === undefined || value === null || value === field.default) return undefined
  if (typeof value === 'object' && 'length' in value && value.length === 0) return undefined
  return field.format(value)
}

/** Whether a version of the format has a key of its own for this. */
function isKnownKey(key: string, version: number): boolean {
  const plain = PLAIN_PROPERTIES.some((property) => SHARE_FIELDS[property].key === key && sinceOf(property) <= version)
  const compare = key === COMPARE_KEY && version >= COMPARE_SINCE
  return plain || compare || key === VERSION_KEY || key.startsWith(PARAMETER_PREFIX)
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

function byKey(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

/** Leaves undefined properties out, so that a parsed state equals one that was written by hand. */
function withoutUndefined(state: ShareState): ShareState {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as unknown as ShareState
}
