import { useEffect, useRef } from 'react'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { useEpisodeStore } from '../../stores/episodeStore.ts'
import { usePlayerStore } from '../../stores/playerStore.ts'
import { createFrameImage } from './frameImage.ts'
import { paintView, readPalette } from './paint.ts'
import type { PaintPlan } from './plan.ts'

interface TokenCanvasProps {
  segment: VisualSegment
  /** What to paint at a frame; must keep its identity while its answer for a frame is the same. */
  planAt: (frame: number) => PaintPlan | undefined
  /** What it shows, for people who do not see it. */
  label: string
}

/** A small camera with a painted token grid that follows the playhead without rendering React. */
export function TokenCanvas({ segment, planAt, label }: TokenCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false })
    if (!context || !canvas.current) return undefined
    return follow(canvas.current, context, segment, planAt)
  }, [segment, planAt])
  return <canvas ref={canvas} role="img" aria-label={label} style={{ display: 'block', width: '100%' }} />
}

function follow(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  segment: VisualSegment,
  planAt: (frame: number) => PaintPlan | undefined,
): () => void {
  const frameImage = createFrameImage()
  let palette = readPalette(document.documentElement)
  let due = 0
  const paint = () => {
    due = 0
    const { load } = useEpisodeStore.getState()
    const { frame } = usePlayerStore.getState()
    paintView(context, {
      image: load.status === 'ready' ? frameImage.draw(load.frames, segment.view, frame) : undefined,
      plan: load.status === 'ready' ? planAt(frame) : undefined,
      palette,
      start: segment.start,
      rows: segment.rows,
      columns: segment.columns,
      hovered: undefined,
      pinned: undefined,
      cursor: undefined,
      stale: false,
    })
  }
  const schedule = () => {
    if (due === 0) due = requestAnimationFrame(paint)
  }
  const resize = () => {
    const perToken = Math.max(4, Math.round((canvas.clientWidth * devicePixelRatio) / segment.columns))
    canvas.width = perToken * segment.columns
    canvas.height = perToken * segment.rows
    schedule()
  }
  const sizes = new ResizeObserver(resize)
  sizes.observe(canvas)
  const themes = new MutationObserver(() => {
    palette = readPalette(document.documentElement)
    schedule()
  })
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const stops = [usePlayerStore.subscribe(schedule), useEpisodeStore.subscribe(schedule)]
  resize()
  return () => {
    cancelAnimationFrame(due)
    sizes.disconnect()
    themes.disconnect()
    for (const stop of stops) stop()
  }
}
