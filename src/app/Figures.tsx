import { Tabs } from 'radix-ui'
import { Suspense, useState } from 'react'
import { useEpisodeStore } from '../stores/episodeStore.ts'
import { useViewStore } from '../stores/viewStore.ts'
import styles from './app.module.css'
import { FIGURE_TABS, figureTab } from './tabs.ts'

/** What is measured, plotted and tried under the cameras, one tab at a time. */
export function Figures() {
  const { id: open } = figureTab(useViewStore((state) => state.tab))
  const setTab = useViewStore((state) => state.setTab)
  const ready = useFirstAnswer()
  return (
    <Tabs.Root value={open} onValueChange={setTab} className={styles.figures}>
      <Tabs.List className={styles.tabs} aria-label="Figures">
        {FIGURE_TABS.map(({ id, title }) => (
          <Tabs.Trigger key={id} value={id} className={styles.tab} data-testid={`tab-${id}`}>
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {FIGURE_TABS.map(({ id, title, Panel }) => (
        <Tabs.Content key={id} value={id} className={styles.tabContent} data-testid={`panel-${id}`}>
          {ready && (
            <Suspense fallback={<p className="muted">Opening {title}…</p>}>
              <Panel />
            </Suspense>
          )}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

/** True once an episode was opened or failed: the first answer on the cameras must not wait for the code of a tab. */
function useFirstAnswer(): boolean {
  const opened = useEpisodeStore(({ load }) => load.status === 'ready' || load.status === 'failed')
  const [ready, setReady] = useState(false)
  if (opened && !ready) setReady(true)
  return ready
}
