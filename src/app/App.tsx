import { Tooltip } from 'radix-ui'
import { useEffect } from 'react'
import { EpisodeList } from '../features/episodes/EpisodeList.tsx'
import { TokenInspector } from '../features/inspector/TokenInspector.tsx'
import { LessonBar } from '../features/lessons/LessonBar.tsx'
import { CameraViews } from '../features/overlay/CameraViews.tsx'
import { PipelineLine } from '../features/pipeline/PipelineLine.tsx'
import { Player } from '../features/player/Player.tsx'
import { MethodPanel } from '../features/pruning/MethodPanel.tsx'
import { ModelCard } from '../features/status/ModelCard.tsx'
import { Notices } from '../features/status/Notices.tsx'
import { QueryCaption } from '../features/status/QueryCaption.tsx'
import { useShows } from '../stores/pageStore.ts'
import styles from './app.module.css'
import { Figures } from './Figures.tsx'
import { Header } from './Header.tsx'
import { Intro } from './Intro.tsx'
import { startShortcuts } from './shortcuts.ts'

/** The page: episodes on the left, cameras and numbers in the middle, the method on the right. */
export function App() {
  useEffect(startShortcuts, [])
  const shows = useShows()
  const left = shows('episodes')
  const right = shows('method') || shows('token')
  return (
    <Tooltip.Provider delayDuration={350}>
      <div className={styles.page}>
        {shows('header') && <Header />}
        <Notices />
        <div className={styles.columns} data-without={[!left && 'left', !right && 'right'].filter(Boolean).join(' ')}>
          {left && (
            <aside className={styles.left} aria-label="Episodes and policy">
              <div className={styles.episodes}>
                <EpisodeList />
              </div>
              <ModelCard />
            </aside>
          )}
          <main className={styles.main}>
            {shows('intro') && <Intro />}
            <LessonBar />
            <div className={styles.bench}>
              <QueryCaption />
              <CameraViews />
              {shows('player') && <Player />}
              {shows('pipeline') && <PipelineLine />}
            </div>
            {shows('figures') && <Figures />}
          </main>
          {right && (
            <aside className={styles.right} aria-label="Method and token">
              {shows('method') && (
                <div className={styles.method}>
                  <MethodPanel />
                </div>
              )}
              {shows('token') && (
                <div className={styles.inspector}>
                  <TokenInspector />
                </div>
              )}
            </aside>
          )}
        </div>
      </div>
    </Tooltip.Provider>
  )
}
