import { useRef, useState } from 'react'
import { useEpisodeFrames } from '../../stores/episodeStore.ts'
import { useModelStore } from '../../stores/modelStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { queryAtFrame, shownRun, useMeasuredRun, useRunStore } from '../../stores/runStore.ts'
import { AgreementChart } from './AgreementChart.tsx'
import { ControllerChart } from './ControllerChart.tsx'
import { LatencyChart } from './LatencyChart.tsx'
import { TokensPerLayerChart } from './TokensPerLayerChart.tsx'
import type { FrameSource } from './frameSource.ts'
import { isSoftwareAdapter } from './origin.ts'
import { useChartOrigin } from './useChartOrigin.ts'
import { useInTurn } from './useInTurn.ts'
import { useOnScreen } from './useOnScreen.ts'
import styles from './chartsPanel.module.css'

const CHARTS = [
  { id: 'latency', title: 'Latency' },
  { id: 'agreement', title: 'Agreement' },
  { id: 'tokens', title: 'Tokens' },
  { id: 'controller', title: 'Controller' },
] as const
type ChartId = (typeof CHARTS)[number]['id']

const FRAMES: FrameSource = {
  get: () => usePlayerStore.getState().frame,
  subscribe: (listener) => usePlayerStore.subscribe(listener),
}

/** A chosen frame stops playback, or it would be gone at once. */
function seekAndPause(frame: number): void {
  const { pause, seek } = usePlayerStore.getState()
  pause()
  seek(frame)
}

/** The charts of the open episode's run: side by side where there is room, one at a time on a phone. */
export function ChartsPanel() {
  const [active, setActive] = useState<ChartId>('latency')
  return (
    <section className={styles.panel} aria-label="Charts">
      <div className={styles.choice} role="group" aria-label="Chart">
        {CHARTS.map(({ id, title }) => (
          <button key={id} type="button" aria-pressed={id === active} onClick={() => setActive(id)}>
            {title}
          </button>
        ))}
      </div>
      <div className={styles.grid}>
        {CHARTS.map(({ id }) => (
          <Cell key={id} id={id} active={id === active} />
        ))}
      </div>
    </section>
  )
}

function Cell({ id, active }: { id: ChartId; active: boolean }) {
  const cell = useRef<HTMLDivElement>(null)
  const onScreen = useOnScreen(cell)
  return (
    <div ref={cell} className={styles.cell} data-active={active}>
      {id === 'tokens' ? <CurrentTokens onScreen={onScreen} /> : <RunChart id={id} onScreen={onScreen} />}
    </div>
  )
}

/** Charts over frames. A preview did not run the policy, so it has neither times nor actions: they show the last real run. */
function RunChart({ id, onScreen }: { id: Exclude<ChartId, 'tokens'>; onScreen: boolean }) {
  const running = useRunStore((state) => state.progress.status === 'running')
  // In turn: a chart takes longer to draw than a frame may, and a slider must not wait for it.
  const shown = useInTurn(useMeasuredRun(), running && !onScreen)
  const frameCount = usePlayerStore((state) => state.frameCount)
  const emulated = useModelStore((state) => state.choice?.softwareAdapter ?? false)
  const actions = useEpisodeFrames()?.actions
  const origin = useChartOrigin(shown)
  const common = {
    run: shown?.run,
    origin,
    streaming: running && shown?.origin === 'live' && !shown.stale,
    frameCount,
    frames: FRAMES,
    onSeek: seekAndPause,
  }
  if (id === 'agreement') return <AgreementChart {...common} />
  if (id === 'controller') return <ControllerChart {...common} actions={actions} />
  const recordedOnSoftware = shown !== undefined && isSoftwareAdapter(shown.run.device)
  const software = recordedOnSoftware || (emulated && shown?.origin === 'live')
  return <LatencyChart {...common} softwareAdapter={software} />
}

/** Follows the query that governs the current frame; between two queries a frame renders nothing. */
function CurrentTokens({ onScreen }: { onScreen: boolean }) {
  const running = useRunStore((state) => state.progress.status === 'running')
  const runs = useInTurn(useRunStore(), running && !onScreen)
  const query = usePlayerStore((state) => queryAtFrame(runs, state.frame)?.query)
  const shown = query && queryAtFrame(runs, usePlayerStore.getState().frame)
  const fallback = shownRun(runs)
  const source = shown ?? fallback
  const origin = useChartOrigin(source)
  const streaming = runs.progress.status === 'running' && source?.origin === 'live' && !source.stale
  return <TokensPerLayerChart run={source?.run} query={query} origin={origin} streaming={streaming} />
}
