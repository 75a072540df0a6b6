import { Slider } from 'radix-ui'
import { useEffect, useMemo } from 'react'
import { usePlayerStore } from '../../stores/playerStore.ts'
import type { LoopRange } from '../../stores/playerStore.ts'
import { useShownRun } from '../../stores/runStore.ts'
import { Bands, BandsKey } from './Bands.tsx'
import { useCurrentMoments } from './currentMoments.ts'
import { MomentLine } from './MomentLine.tsx'
import { startPlaybackEngine } from './playback.ts'
import styles from './player.module.css'
import { describeTimeline } from './timelineModel.ts'
import { Transport } from './Transport.tsx'

/** Transport buttons and the timeline with query marks and the controller's mode. */
export function Player() {
  const frameCount = usePlayerStore((state) => state.frameCount)
  const shown = useShownRun()
  const timeline = useMemo(() => describeTimeline(shown?.run, frameCount), [shown?.run, frameCount])
  const moments = useCurrentMoments()
  useEffect(startPlaybackEngine, [])
  return (
    <section className={styles.player} aria-label="Player">
      <Transport />
      <div className={styles.timeline} data-stale={shown?.stale ? '' : undefined}>
        <Scrubber />
        <Bands timeline={timeline} frameCount={frameCount} moments={moments} />
        <div className={styles.foot}>
          <BandsKey timeline={timeline} />
          <MomentLine moments={moments} />
        </div>
      </div>
    </section>
  )
}

/** The playhead. The only component that renders with every frame. */
function Scrubber() {
  const frame = usePlayerStore((state) => state.frame)
  const frameCount = usePlayerStore((state) => state.frameCount)
  const loop = usePlayerStore((state) => state.loop)
  const { seek, pause } = usePlayerStore.getState()
  return (
    <Slider.Root
      className={styles.scrubber}
      min={0}
      max={Math.max(1, frameCount - 1)}
      step={1}
      value={[frame]}
      disabled={frameCount === 0}
      onValueChange={([value]) => {
        pause()
        seek(value)
      }}
    >
      <Slider.Track className={styles.track}>
        {loop && <span className={styles.loop} style={loopStyle(loop, frameCount)} data-testid="loop-range" />}
        <Slider.Range className={styles.range} />
      </Slider.Track>
      <Slider.Thumb
        className={styles.thumb}
        aria-label="Frame"
        aria-valuetext={`frame ${frame} of ${frameCount}`}
        data-testid="scrubber"
      />
    </Slider.Root>
  )
}

function loopStyle({ from, to }: LoopRange, frameCount: number) {
  const percent = 100 / Math.max(1, frameCount - 1)
  return { left: `${from * percent}%`, width: `${(to - from) * percent}%` }
}
