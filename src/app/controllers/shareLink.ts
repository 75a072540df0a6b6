import { resolveParameters, selectorRegistry } from '../../core/pruning/registry.ts'
import type { ParameterValue } from '../../core/pruning/parameters.ts'
import { clampShareState } from '../../core/share/clamp.ts'
import { buildShareFragment, parseShareState } from '../../core/share/link.ts'
import { parameterOverrides } from '../../core/share/parameters.ts'
import { compareProvenance, pinReference } from '../../core/share/provenance.ts'
import type { Present, PresentItem } from '../../core/share/provenance.ts'
import { SHARE_DEFAULTS } from '../../core/share/state.ts'
import type { ShareState } from '../../core/share/state.ts'
import { useCompareStore } from '../../stores/compareStore.ts'
import { currentPolicyShape } from '../../stores/layout.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import type { EpisodeGroup } from '../../stores/episodeStore.ts'
import { useMethodStore } from '../../stores/methodStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { useNoticeStore } from '../../stores/noticeStore.ts'
import { usePageStore } from '../../stores/pageStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { pinSettings, unpinSettings } from '../../stores/settings.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { figureTab } from '../tabs.ts'
import { datasetHash } from './catalog.ts'
import { selectEpisode } from './episodes.ts'
import { methodOf } from './settings.ts'

/** Browsers limit how often the address may change. */
const WRITE_DELAY_MS = 500

/** The link that is open: its keys of a newer page are kept, and its model is compared when one is loaded. */
let opened: ShareState | undefined
/** The fragment that was last opened or written: only another one is a link to open. */
let written = ''

function presentFragment(): string {
  return window.location.hash.replace(/^#/, '')
}

/** Opens the state in the page's address, or the defaults, and the links that are pasted into it later. */
export function openLink(groups: readonly EpisodeGroup[]): void {
  const open = () => {
    const fragment = presentFragment()
    if (fragment === written) return
    // From now on what was written before is another link: it can be opened again before the address is next written.
    written = fragment
    apply(window.location.hash, groups)
  }
  written = presentFragment()
  apply(window.location.hash, groups)
  window.addEventListener('hashchange', open)
  useModelStore.subscribe(({ load }, before) => {
    if (load.status === 'ready' && before.load.status !== 'ready') compareWithModel()
  })
}

function apply(hash: string, groups: readonly EpisodeGroup[]): void {
  const parsed = parseShareState(hash, { methods: selectorRegistry })
  const group = groups.find(({ dataset }) => dataset === parsed.state.dataset?.id) ?? groups.at(0)
  // Compared here because only now is it known which dataset the link means.
  const present: Present = group ? { dataset: { id: group.dataset, sha256: datasetHash(group.dataset) } } : {}
  const { notes } = parseShareState(hash, { methods: selectorRegistry, present })
  const entry = group?.episodes.find(({ index }) => index === parsed.state.episode)
  const clamped = clampShareState(parsed.state, {
    episodes: group?.episodes.length,
    frames: entry?.frames,
  })
  const { state } = clamped
  opened = state

  const definition = methodOf(state.method)
  const presetId = state.preset ?? definition.presets.at(0)?.id
  const parameters = resolveParameters(definition, presetId, state.parameters) as Record<string, ParameterValue>
  const { executeSteps, seed } = state
  const { forced = '', instruction = '' } = state
  useMethodStore
    .getState()
    .apply({ methodId: definition.id, presetId, parameters, executeSteps, seed, forced, instruction })
  useMethodStore.getState().setEngine(state.engine ?? 'auto')
  useCompareStore.getState().setAll((state.compare ?? []).map(unpinSettings))
  usePageStore.getState().arrange({ hidden: state.hidden ?? [], embed: state.embed ?? false })
  const view = useViewStore.getState()
  view.setOverlay(state.overlay)
  view.setLayer(state.layer)
  view.setScoreRows(state.scoreRows)
  view.setPin(state.pinnedToken)
  view.setOutlineTruth(state.outlineTruth ?? false)
  const tab = figureTab(state.tab)
  view.setTab(tab.id)
  const missingTab = tab.id === state.tab ? [] : [`This page has no tab "${state.tab}"; ${tab.title} is open instead.`]
  showNotes([...notes, ...clamped.notes, ...missingTab])
  compareWithModel()
  if (!group) return
  const { selected } = useEpisodeStore.getState()
  if (selected?.dataset === group.dataset && selected.index === state.episode) {
    usePlayerStore.getState().seek(state.frame)
    usePlayerStore.getState().setLoop(state.loop)
  } else {
    const frame = hash.length > 1 ? state.frame : undefined
    selectEpisode({ dataset: group.dataset, index: state.episode }, { frame, loop: state.loop })
  }
}

/** Says what is different with the model that was loaded, and moves the view inside it. */
function compareWithModel(): void {
  const { load } = useModelStore.getState()
  if (!opened || load.status !== 'ready') return
  const { layer, pinnedToken } = useViewStore.getState()
  const { executeSteps } = useMethodStore.getState()
  const seen = { ...opened, layer, pinnedToken, executeSteps }
  const { layers, visualTokens } = currentPolicyShape()
  const chunkLength = load.model.manifest.action.chunk
  const { state, notes } = clampShareState(seen, { layers, visualTokens, chunkLength })
  if (state.layer !== layer) useViewStore.getState().setLayer(state.layer)
  if (state.pinnedToken !== pinnedToken) useViewStore.getState().setPin(state.pinnedToken)
  if (state.executeSteps !== executeSteps) useMethodStore.getState().apply({ executeSteps: state.executeSteps })
  const lines = [...compareProvenance(opened, { model: presentModel() }), ...notes]
  if (lines.length > 0) showNotes([...new Set([...(shownNotes() ?? []), ...lines])])
}

function presentModel(): PresentItem | undefined {
  const { load } = useModelStore.getState()
  if (load.status !== 'ready') return undefined
  const { id, weights } = load.model.manifest
  return { id, sha256: weights.sha256 }
}

function shownNotes(): readonly string[] | undefined {
  return useNoticeStore.getState().notices.find(({ id }) => id === 'link')?.lines
}

function showNotes(lines: readonly string[]): void {
  if (lines.length === 0) return
  useNoticeStore.getState().show({ id: 'link', title: 'The link does not fit this page in everything', lines })
}

/** Id of the model that the open link was made with. */
export function linkedModel(): string | undefined {
  return opened?.model?.id
}

/** What a link to this moment holds. */
export function readShareState(): ShareState {
  const { selected } = useEpisodeStore.getState()
  const present = presentModel()
  const model = present ? pinReference(present) : opened?.model
  const settings = useMethodStore.getState()
  const view = useViewStore.getState()
  const definition = methodOf(settings.methodId)
  const { frame, loop } = usePlayerStore.getState()
  return {
    ...SHARE_DEFAULTS,
    ...(selected ? { dataset: pinReference({ id: selected.dataset, sha256: datasetHash(selected.dataset) }) } : {}),
    ...(model ? { model } : {}),
    episode: selected?.index ?? 0,
    frame,
    method: definition.id,
    ...(settings.presetId === undefined ? {} : { preset: settings.presetId }),
    parameters: parameterOverrides(definition, settings.presetId, { ...settings.parameters }),
    executeSteps: settings.executeSteps,
    seed: settings.seed,
    ...(settings.engine === 'auto' ? {} : { engine: settings.engine }),
    overlay: view.overlay,
    ...(view.layer === undefined ? {} : { layer: view.layer }),
    scoreRows: view.scoreRows,
    ...(view.pinnedToken === undefined ? {} : { pinnedToken: view.pinnedToken }),
    tab: view.tab,
    ...(view.outlineTruth ? { outlineTruth: true as const } : {}),
    ...(settings.forced === '' ? {} : { forced: settings.forced }),
    ...(settings.instruction === '' ? {} : { instruction: settings.instruction }),
    ...(loop ? { loop } : {}),
    ...(opened?.hidden ? { hidden: opened.hidden } : {}),
    ...(opened?.embed ? { embed: true as const } : {}),
    compare: useCompareStore.getState().cards.map((card) => pinSettings(card.settings)),
    unknown: opened?.unknown ?? [],
  }
}

/** Keeps the address up to date, after a rest and never while playing. */
export function writeLink(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = () => {
    if (usePlayerStore.getState().playing) return
    // An address that is no longer what was last opened or written is a link that is about to open: its event is under way.
    if (presentFragment() !== written) return
    history.replaceState(history.state, '', `#${buildShareFragment(readShareState())}`)
    written = presentFragment()
  }
  const schedule = () => {
    clearTimeout(timer)
    timer = setTimeout(write, WRITE_DELAY_MS)
  }
  usePlayerStore.subscribe((state, before) => {
    const moved = state.frame !== before.frame || before.playing || state.loop !== before.loop
    if (!state.playing && moved) schedule()
  })
  useMethodStore.subscribe(schedule)
  useCompareStore.subscribe((state, before) => {
    if (state.cards !== before.cards) schedule()
  })
  useEpisodeStore.subscribe((state, before) => {
    if (state.selected !== before.selected) schedule()
  })
  useModelStore.subscribe((state, before) => {
    if (state.load.status !== before.load.status) schedule()
  })
  useViewStore.subscribe((state, before) => {
    const same =
      state.overlay === before.overlay &&
      state.layer === before.layer &&
      state.scoreRows === before.scoreRows &&
      state.pinnedToken === before.pinnedToken &&
      state.outlineTruth === before.outlineTruth &&
      state.tab === before.tab
    if (!same) schedule()
  })
}
