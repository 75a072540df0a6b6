import { isForcedText } from '../pruning/forcedText.ts'
import { formatMethod } from '../pruning/registry.ts'
import { COMPARE_SINCE } from './fields.ts'
import { roundParameter } from './parameters.ts'
import { readMethod, shorten } from './readMethod.ts'
import type { ShareContext } from './readMethod.ts'
import { isInstructionText, MAX_PINNED, SHARE_DEFAULTS } from './state.ts'
import type { PinnedSetting } from './state.ts'

/**
 * One setting as text: `method[:preset][:name=value]...[@steps.seed][!brush][;instruction]`, for example
 * `random:keep=0.3@4.7`; the words of an instruction are joined by `_`.
 * Steps and seed are left out where both are the defaults.
 */
export function formatPinned(setting: PinnedSetting): string {
  const { method, preset, parameters, executeSteps, seed, forced, instruction } = setting
  const values = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, roundParameter(value)]))
  const text = formatMethod({ id: escape(method), ...(preset === undefined ? {} : { preset: escape(preset) }), values })
  const isDefault = executeSteps === SHARE_DEFAULTS.executeSteps && seed === SHARE_DEFAULTS.seed
  const words = instruction ? `;${instruction.replaceAll(' ', '_')}` : ''
  return `${text}${isDefault ? '' : `@${executeSteps}.${seed}`}${forced ? `!${forced}` : ''}${words}`
}

/**
 * The settings of a link's list, separated by `~`. What cannot be read is left out, with a note.
 * @returns undefined if there are none
 */
export function readCompare(
  text: string | undefined,
  context: ShareContext,
  notes: string[],
): readonly PinnedSetting[] | undefined {
  if (text === undefined || text === '') return undefined
  const all = text.split('~')
  if (all.length > MAX_PINNED)
    notes.push(`The link compares ${all.length} settings; the first ${MAX_PINNED} are shown.`)
  const settings = all.slice(0, MAX_PINNED).flatMap((entry) => {
    const setting = readPinned(entry, context, notes)
    if (!setting) notes.push(`The link's setting to compare with "${shorten(entry)}" was not understood.`)
    return setting ? [setting] : []
  })
  return settings.length > 0 ? settings : undefined
}

/** One setting; undefined if the text is not one or the page has no such method. */
function readPinned(text: string, context: ShareContext, notes: string[]): PinnedSetting | undefined {
  const match = /^([^@!;]+?)(?:@(\d{1,2})\.(\d{1,10}))?(?:!([0-9A-Za-z]+))?(?:;([^;]+))?$/.exec(text)
  if (!match) return undefined
  const [, methodText, stepsText, seedText, forced, words] = match
  const instruction = words?.replaceAll('_', ' ')
  const [id, ...parts] = methodText.split(':')
  const method = unescape(id)
  const preset = parts.length > 0 && !parts[0].includes('=') ? parts.shift() : undefined
  const known = context.methods.some((definition) => definition.id === method)
  const executeSteps = stepsText === undefined ? SHARE_DEFAULTS.executeSteps : Number(stepsText)
  const seed = seedText === undefined ? SHARE_DEFAULTS.seed : Number(seedText)
  const bounded = executeSteps >= 1 && executeSteps <= 64 && seed < 2 ** 32
  if (!known || !bounded || (forced !== undefined && !isForcedText(forced))) return undefined
  if (instruction !== undefined && !isInstructionText(instruction)) return undefined
  const values = parts.map((part) => {
    const separator = part.indexOf('=')
    return separator < 0 ? ([part, ''] as const) : ([part.slice(0, separator), part.slice(separator + 1)] as const)
  })
  const link = { method, ...(preset === undefined ? {} : { preset: unescape(preset) }) }
  const read = readMethod(
    link,
    values.map(([name, value]) => [name, value]),
    context,
    notes,
  )
  return {
    method: read.method,
    ...(read.preset === undefined ? {} : { preset: read.preset }),
    parameters: read.parameters,
    executeSteps,
    seed,
    ...(forced === undefined ? {} : { forced }),
    ...(instruction === undefined ? {} : { instruction }),
  }
}

/** Version of the format that a list of settings needs. */
export function compareSince(settings: readonly PinnedSetting[]): number {
  return settings.some(({ forced = '', instruction = '' }) => forced.includes('G') || instruction !== '')
    ? 3
    : COMPARE_SINCE
}

/** A colon inside an id would read as a separator. */
function escape(id: string): string {
  return id.replaceAll(':', '*')
}

function unescape(id: string): string {
  return id.replaceAll('*', ':')
}
