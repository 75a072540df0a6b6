import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import type { ViewId } from '../../core/schema/observation.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import { paintView, readPalette } from './paint.ts'
import type { ViewPaint } from './paint.ts'

/** What a camera shows at one moment; what is left out is not marked. */
export type PaintedMoment = Pick<ViewPaint, 'image' | 'plan'> &
  Partial<Pick<ViewPaint, 'hovered' | 'pinned' | 'forced' | 'stale'>>

/** What is painted on a camera's canvas, and when. */
export interface TokenPainter {
  /** The moment to paint. Asked at most once a display frame. */
  moment(): PaintedMoment
  /** Called after each painting, for what is to be read beside the canvas. */
  painted?(): void
  /** Calls back whenever something that shows has changed. @returns ends it */
  subscribe(listener: () => void): () => void
}

/** Name of the `measure` that each painting of a canvas leaves for observers of the page's performance. */
const PAINT_MEASURE = 'token-overlay-paint'

/** What such a measure tells besides its duration. */
export interface PaintDetail {
  view: ViewId
  /** Time stamp of the display frame: canvases that were painted in one share it. */
  frameMs: number
}

/** Device pixels per token below which frames and hatches cannot be told apart. */
const LEAST_TOKEN_PIXELS = 4

/**
 * Paints a view's token grid on a canvas as its painter says, without rendering React: at the canvas's size in whole
 * device pixels per token, which keeps the grid even, and again when size or theme change.
 * @param segment the view's tokens
 * @param makePainter called once for each canvas; must keep its identity while it would make the same painter
 * @param tokenPixels device pixels per token, whatever the size on the screen
 * @returns for the canvas
 */
export function useTokenPainting(
  segment: VisualSegment,
  makePainter: (canvas: HTMLCanvasElement, segment: VisualSegment) => TokenPainter,
  tokenPixels?: number,
): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = ref.current
    return canvas ? startPainting(canvas, segment, makePainter(canvas, segment), tokenPixels) : undefined
  }, [segment, makePainter, tokenPixels])
  return ref
}

function startPainting(
  canvas: HTMLCanvasElement,
  segment: VisualSegment,
  painter: TokenPainter,
  tokenPixels: number | undefined,
): () => void {
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) return () => undefined
  const { view, start, rows, columns } = segment
  const unmarked = { hovered: undefined, pinned: undefined, cursor: undefined, stale: false }
  let palette = readPalette(document.documentElement)
  let due = 0
  const paint = (frameMs: number) => {
    due = 0
    const startMs = performance.now()
    paintView(context, { ...unmarked, ...painter.moment(), palette, start, rows, columns })
    announcePaint(startMs, { view, frameMs })
    painter.painted?.()
  }
  const schedule = () => {
    if (due === 0) due = requestAnimationFrame(paint)
  }
  const resize = () => {
    const fitting = Math.round((canvas.clientWidth * devicePixelRatio) / columns)
    const pixels = tokenPixels ?? Math.max(LEAST_TOKEN_PIXELS, fitting)
    // Setting a size clears the canvas, even an equal one.
    if (canvas.width === pixels * columns && canvas.height === pixels * rows) return
    canvas.width = pixels * columns
    canvas.height = pixels * rows
    schedule()
  }
  const sizes = new ResizeObserver(resize)
  sizes.observe(canvas)
  const themes = new MutationObserver(() => {
    palette = readPalette(document.documentElement)
    schedule()
  })
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const unsubscribe = painter.subscribe(schedule)
  resize()
  schedule()
  return () => {
    cancelAnimationFrame(due)
    sizes.disconnect()
    themes.disconnect()
    unsubscribe()
  }
}

/** Tells whoever observes; the page keeps no list of its paintings, which would grow as long as it is open. */
function announcePaint(start: number, detail: PaintDetail): void {
  performance.measure(PAINT_MEASURE, { start, detail })
  performance.clearMeasures(PAINT_MEASURE)
}
