import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import { describeParameters, formatParameterText } from '../../core/pruning/parameters.ts'
import { formatPinned } from '../../core/share/compare.ts'
import { buildShareFragment } from '../../core/share/link.ts'
import type { PinnedReference, PinnedSetting, ShareState } from '../../core/share/state.ts'
import { SHARE_DEFAULTS } from '../../core/share/state.ts'
import { describeForced, describeSettings, unpinSettings } from '../../stores/settings.ts'

/** Parts of a link that its maker may leave out; method, model and data always stay, or it would not reproduce. */
export const SHARE_PARTS = ['position', 'view', 'comparison', 'page'] as const
export type SharePart = (typeof SHARE_PARTS)[number]

export const SHARE_PART_TITLES: Readonly<Record<SharePart, string>> = {
  position: 'This moment (frame, loop)',
  view: 'View (overlay, layer, pinned token, outline, tab)',
  comparison: 'Settings to compare with',
  page: 'Which parts of the page are hidden',
}

/** One line of what a link contains. */
export interface ShareRow {
  label: string
  value: string
}

/** The parts that a state has anything of: the others are not offered. */
export function offeredShareParts({ compare = [], hidden = [], embed }: ShareState): SharePart[] {
  return SHARE_PARTS.filter((part) => {
    if (part === 'comparison') return compare.length > 0
    return part !== 'page' || hidden.length > 0 || embed === true
  })
}

/** The state without the parts that were not chosen. */
export function selectShareParts(state: ShareState, parts: ReadonlySet<SharePart>): ShareState {
  const { frame, overlay, scoreRows, tab } = SHARE_DEFAULTS
  return {
    ...state,
    ...(!parts.has('position') && { frame, loop: undefined }),
    ...(!parts.has('view') && {
      ...{ overlay, scoreRows, tab },
      ...{ layer: undefined, pinnedToken: undefined, outlineTruth: undefined },
    }),
    ...(!parts.has('comparison') && { compare: undefined }),
    ...(!parts.has('page') && { hidden: undefined, embed: undefined }),
  }
}

/** Address of the page, without query and fragment, followed by the state. */
export function buildShareUrl(pageAddress: string, state: ShareState): string {
  return `${pageAddress.replace(/[?#].*$/s, '')}#${buildShareFragment(state)}`
}

/** What a link contains, in the words of the page. */
export function describeShareState(state: ShareState, methods: readonly SelectorDefinition[]): ShareRow[] {
  const definition = methods.find(({ id }) => id === state.method)
  const preset = definition?.presets.find(({ id }) => id === state.preset)
  const rows: ShareRow[] = [
    { label: 'Data', value: `${describeReference(state.dataset)}, episode ${state.episode}, frame ${state.frame}` },
    { label: 'Model', value: describeReference(state.model) },
    { label: 'Method', value: `${definition?.title ?? state.method}, ${preset?.title ?? 'defaults'}` },
    { label: 'Changed settings', value: describeParameterChanges(state, definition) },
    { label: 'Run', value: describeRun(state) },
    { label: 'View', value: describeView(state) },
  ]
  const { forced, instruction, loop, compare = [], hidden = [], embed } = state
  if (loop) rows.push({ label: 'Loop', value: `frames ${loop.from} to ${loop.to}` })
  if (forced) rows.push({ label: 'Brush', value: describeForced(forced).replace(/^brush: /, '') })
  if (instruction) rows.push({ label: 'Instruction', value: `“${instruction}” instead of the episode’s own` })
  compare.forEach((setting, i) => {
    rows.push({ label: `Compared, ${i + 1}`, value: describePinned(setting) })
  })
  const left = embed ? ['cameras, player and pipeline only'] : []
  if (hidden.length > 0) left.push(`without ${hidden.join(', ')}`)
  if (left.length > 0) rows.push({ label: 'Page', value: left.join('; ') })
  return rows
}

function describeRun({ executeSteps, seed, engine = 'auto' }: ShareState): string {
  return `${executeSteps} executed steps per query, seed ${seed}${engine === 'auto' ? '' : `, ${engine} engine`}`
}

function describePinned(setting: PinnedSetting): string {
  try {
    const { title, changes } = describeSettings(unpinSettings(setting))
    return changes === '' ? title : `${title}: ${changes}`
  } catch {
    return formatPinned(setting)
  }
}

function describeReference(reference: PinnedReference | undefined): string {
  if (!reference) return "the page's own"
  return reference.hash === undefined ? reference.id : `${reference.id} (${reference.hash})`
}

function describeParameterChanges(state: ShareState, definition: SelectorDefinition | undefined): string {
  const titles = new Map(
    definition ? describeParameters(definition.parameters).map(({ name, title }) => [name, title]) : [],
  )
  const changes = Object.entries(state.parameters).map(
    ([name, value]) => `${titles.get(name) ?? name} ${formatParameterText(value) || 'none'}`,
  )
  return changes.length === 0 ? 'none' : changes.join('; ')
}

function describeView({ overlay, layer, scoreRows, pinnedToken, outlineTruth, tab }: ShareState): string {
  const parts = [`overlay ${overlay}`, layer === undefined ? 'last layer' : `layer ${layer}`, `${scoreRows} rows`]
  if (pinnedToken !== undefined) parts.push(`token ${pinnedToken} pinned`)
  if (outlineTruth) parts.push('ground truth outlined')
  if (tab !== SHARE_DEFAULTS.tab) parts.push(`tab ${tab}`)
  return parts.join(', ')
}
