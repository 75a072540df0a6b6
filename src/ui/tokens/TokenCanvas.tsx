import { useCallback } from 'react'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { createFrameImage } from './frameImage.ts'
import type { PaintPlan } from './plan.ts'
import { useTokenPainting } from './useTokenPainting.ts'
import type { TokenPainter } from './useTokenPainting.ts'

interface TokenCanvasProps {
  segment: VisualSegment
  /** What to paint at a frame; must keep its identity while its answer for a frame is the same. */
  planAt: (frame: number) => PaintPlan | undefined
  /** What it shows, for people who do not see it. */
  label: string
}

/** A small camera with a painted token grid that follows the playhead without rendering React. */
export function TokenCanvas({ segment, planAt, label }: TokenCanvasProps) {
  const makePainter = useCallback(
    (_canvas: HTMLCanvasElement, { view }: VisualSegment): TokenPainter => {
      const frameImage = createFrameImage()
      return {
        moment() {
          const { load } = useEpisodeStore.getState()
          const { frame } = usePlayerStore.getState()
          if (load.status !== 'ready') return { image: undefined, plan: undefined }
          return { image: frameImage.draw(load.frames, view, frame), plan: planAt(frame) }
        },
        subscribe(listener) {
          const stops = [usePlayerStore.subscribe(listener), useEpisodeStore.subscribe(listener)]
          return () => stops.forEach((stop) => stop())
        },
      }
    },
    [planAt],
  )
  const canvas = useTokenPainting(segment, makePainter)
  return <canvas ref={canvas} role="img" aria-label={label} style={{ display: 'block', width: '100%' }} />
}
