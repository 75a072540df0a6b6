import type { Action } from '../../stores/actions.ts'
import { sameEpisode, useEpisodeStore } from '../../stores/episodeStore.ts'
import { useDialogStore } from '../../stores/dialogStore.ts'
import { useViewStore } from '../../stores/viewStore.ts'
import { selectEpisode } from '../controllers/episodes.ts'
import { FIGURE_TABS } from '../tabs.ts'
import { NEXT_THEME } from '../theme.ts'

/** The page itself. */
export const PAGE_ACTIONS: readonly Action[] = [
  {
    id: 'page.palette',
    title: 'Find and do anything',
    group: 'Page',
    keys: ['Mod+k'],
    words: 'command palette search',
    run: () => useDialogStore.getState().open('palette'),
  },
  {
    id: 'page.keys',
    title: 'List of keys',
    group: 'Page',
    keys: ['?'],
    words: 'help keyboard shortcuts',
    run: () => useDialogStore.getState().open('keys'),
  },
  {
    id: 'page.share',
    title: 'Share what is on the screen',
    group: 'Page',
    keys: ['s'],
    words: 'link copy',
    run: () => useDialogStore.getState().open('share'),
  },
  {
    id: 'page.theme',
    title: 'Change the colours: as the system, light, dark',
    group: 'Page',
    keys: ['t'],
    words: 'theme',
    run: () => useViewStore.getState().setTheme(NEXT_THEME[useViewStore.getState().theme]),
  },
  {
    id: 'page.next-episode',
    title: 'Next episode',
    group: 'Go to',
    keys: ['n'],
    enabled: () => neighbourEpisode(1) !== undefined,
    run: () => goToEpisode(1),
  },
  {
    id: 'page.previous-episode',
    title: 'Previous episode',
    group: 'Go to',
    keys: ['b'],
    enabled: () => neighbourEpisode(-1) !== undefined,
    run: () => goToEpisode(-1),
  },
]

/** One action for each tab and for each episode. */
export function places(): Action[] {
  const { selected } = useEpisodeStore.getState()
  return [
    ...FIGURE_TABS.map(({ id, title }): Action => ({
      id: `page.tab.${id}`,
      title: `Tab: ${title}`,
      group: 'Go to',
      run: () => useViewStore.getState().setTab(id),
    })),
    ...episodes()
      .filter((entry) => !sameEpisode(entry, selected))
      .map(({ dataset, index, instruction, notes }): Action => ({
        id: `page.episode.${dataset}.${index}`,
        title: `Episode ${index}: ${instruction}`,
        group: 'Go to',
        words: [dataset, ...notes].join(' '),
        run: () => selectEpisode({ dataset, index }),
      })),
  ]
}

function episodes() {
  const { catalog } = useEpisodeStore.getState()
  return catalog.status === 'ready' ? catalog.groups.flatMap((group) => group.episodes) : []
}

function neighbourEpisode(delta: 1 | -1) {
  const { selected } = useEpisodeStore.getState()
  const all = episodes()
  const at = all.findIndex((entry) => sameEpisode(entry, selected))
  return at < 0 ? undefined : all[at + delta]
}

function goToEpisode(delta: 1 | -1): void {
  const entry = neighbourEpisode(delta)
  if (entry) selectEpisode({ dataset: entry.dataset, index: entry.index })
}
