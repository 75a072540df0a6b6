import type { SelectorDefinition } from '../../core/pruning/contract.ts'
import { describeParameters, formatParameterText } from '../../core/pruning/parameters.ts'
import { buildShareFragment } from '../../core/share/link.ts'
import type { PinnedReference, ShareState } from '../../core/share/state.ts'
import { SHARE_DEFAULTS } from '../../core/share/state.ts'

/** Parts of a link that its maker may leave out; method, model and data always stay, or it would not reproduce. */
export const SHARE_PARTS = ['position', 'view'] as const
export type SharePart = (typeof SHARE_PARTS)[number]

export const SHARE_PART_TITLES: Readonly<Record<SharePart, string>> = {
  position: 'This moment (frame)',
  view: 'View (overlay, layer, pinned token, tab)',
}

/** One line of what a link contains. */
export interface ShareRow {
  label: string
  value: string
}

/** The state without the parts that were not chosen. */
export function selectShareParts(state: ShareState, parts: ReadonlySet<SharePart>): ShareState {
  const { frame, overlay, scoreRows, tab } = SHARE_DEFAULTS
  const positioned = parts.has('position') ? state : { ...state, frame }
  if (parts.has('view')) return positioned
  return { ...positioned, overlay, scoreRows, tab, layer: undefined, pinnedToken: undefined }
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
  return rows
}

function describeRun({ executeSteps, seed, engine = 'auto' }: ShareState): string {
  return `${executeSteps} executed steps per query, seed ${seed}${engine === 'auto' ? '' : `, ${engine} engine`}`
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

function describeView({ overlay, layer, scoreRows, pinnedToken, tab }: ShareState): string {
  const parts = [`overlay ${overlay}`, layer === undefined ? 'last layer' : `layer ${layer}`, `${scoreRows} rows`]
  if (pinnedToken !== undefined) parts.push(`token ${pinnedToken} pinned`)
  if (tab !== SHARE_DEFAULTS.tab) parts.push(`tab ${tab}`)
  return parts.join(', ')
}
