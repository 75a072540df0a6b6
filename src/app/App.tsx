import { Tabs, Tooltip } from 'radix-ui'
import { lazy, Suspense, useEffect, useState } from 'react'
import { EpisodeList } from '../features/episodes/EpisodeList.tsx'
import { TokenInspector } from '../features/inspector/TokenInspector.tsx'
import { CameraViews } from '../features/overlay/CameraViews.tsx'
import { PipelineLine } from '../features/pipeline/PipelineLine.tsx'
import { Player } from '../features/player/Player.tsx'
import { MethodPanel } from '../features/pruning/MethodPanel.tsx'
import { BenchmarkPanel } from '../features/status/BenchmarkPanel.tsx'
import { ModelCard } from '../features/status/ModelCard.tsx'
import { Notices } from '../features/status/Notices.tsx'
import { QueryCaption } from '../features/status/QueryCaption.tsx'
import { useEpisodeStore } from '../stores/episodeStore.ts'
import styles from './app.module.css'
import { Header } from './Header.tsx'
import { Intro } from './Intro.tsx'
import { startShortcuts } from './shortcuts.ts'

// recharts is larger than the rest of the page: it comes after the first answer.
const ChartsPanel = lazy(() =>
  import('../features/charts/ChartsPanel.tsx').then((module) => ({ default: module.ChartsPanel })),
)

/** The charts, once there is an episode: the first answer must not wait for them. */
function Charts() {
  const opened = useEpisodeStore((state) => state.load.status !== 'loading' && state.load.status !== 'none')
  const [wanted, setWanted] = useState(false)
  if (opened && !wanted) setWanted(true)
  if (!wanted) return null
  return (
    <Suspense fallback={<p className="muted">Drawing charts…</p>}>
      <ChartsPanel />
    </Suspense>
  )
}

/** The page: episodes on the left, cameras and numbers in the middle, the method on the right. */
export function App() {
  useEffect(startShortcuts, [])
  return (
    <Tooltip.Provider delayDuration={350}>
      <div className={styles.page}>
        <Header />
        <Notices />
        <div className={styles.columns}>
          <aside className={styles.left} aria-label="Episodes and policy">
            <div className={styles.episodes}>
              <EpisodeList />
            </div>
            <ModelCard />
          </aside>
          <main className={styles.main}>
            <Intro />
            <div className={styles.bench}>
              <QueryCaption />
              <CameraViews />
              <Player />
              <PipelineLine />
            </div>
            <Tabs.Root defaultValue="charts" className={styles.figures}>
              <Tabs.List className={styles.tabs} aria-label="Figures">
                <Tabs.Trigger value="charts" className={styles.tab}>
                  Charts
                </Tabs.Trigger>
                <Tabs.Trigger value="measure" className={styles.tab} data-testid="tab-measure">
                  Measure here
                </Tabs.Trigger>
              </Tabs.List>
              <Tabs.Content value="charts" className={styles.tabContent} data-testid="charts">
                <Charts />
              </Tabs.Content>
              <Tabs.Content value="measure" className={styles.tabContent}>
                <BenchmarkPanel />
              </Tabs.Content>
            </Tabs.Root>
          </main>
          <aside className={styles.right} aria-label="Method and token">
            <div className={styles.method}>
              <MethodPanel />
            </div>
            <div className={styles.inspector}>
              <TokenInspector />
            </div>
          </aside>
        </div>
      </div>
    </Tooltip.Provider>
  )
}
