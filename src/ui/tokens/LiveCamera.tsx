import { useEffect, useRef } from 'react'
import type { RgbImage, ViewId } from '../../core/schema/observation.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import styles from './liveCamera.module.css'
import { paintView, readPalette } from './paint.ts'
import type { PaintPlan } from './plan.ts'

/** What a live camera shows at one moment. */
export interface LiveMoment {
  images: Readonly<Record<ViewId, RgbImage>>
  step: number
  /** Undefined: the bare image. */
  plan: PaintPlan | undefined
}

/** Where a live camera gets its moments from: a store, without React in between. */
export interface LiveSource {
  get(): LiveMoment | undefined
  subscribe(listener: () => void): () => void
}

const TITLES = { front: 'Front camera', wrist: 'Wrist camera' } as const

/** A camera that is painted as frames come, with the tokens that the running query kept. */
export function LiveCamera({ segment, source }: { segment: VisualSegment; source: LiveSource }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => (canvas.current ? startPainting(canvas.current, segment, source) : undefined), [segment, source])
  const title = TITLES[segment.view]
  return (
    <figure className={styles.camera}>
      <figcaption className={styles.caption}>{title}</figcaption>
      <canvas
        ref={canvas}
        className={styles.canvas}
        role="img"
        aria-label={title}
        data-testid={`live-${segment.view}`}
      />
    </figure>
  )
}

/** Device pixels per token: enough for frames and hatches, little enough to paint twenty times a second. */
const TOKEN_PIXELS = 20

function startPainting(canvas: HTMLCanvasElement, segment: VisualSegment, source: LiveSource): () => void {
  const context = canvas.getContext('2d', { alpha: false })
  if (!context) return () => undefined
  canvas.width = TOKEN_PIXELS * segment.columns
  canvas.height = TOKEN_PIXELS * segment.rows
  const picture = createPicture()
  const palette = readPalette(document.documentElement)
  let due = 0
  const paint = () => {
    due = 0
    const moment = source.get()
    const { start, rows, columns } = segment
    const marks = { hovered: undefined, pinned: undefined, cursor: undefined, stale: false }
    const image = moment && picture(moment.images[segment.view])
    paintView(context, { image, plan: moment?.plan, palette, start, rows, columns, ...marks })
    canvas.dataset.step = moment ? String(moment.step) : ''
    const own = moment?.plan?.states.slice(start, start + rows * columns)
    canvas.dataset.kept = own ? String(own.filter((state) => state === 'kept').length) : ''
  }
  const schedule = () => {
    if (due === 0) due = requestAnimationFrame(paint)
  }
  const unsubscribe = source.subscribe(schedule)
  schedule()
  return () => {
    cancelAnimationFrame(due)
    unsubscribe()
  }
}

/** Turns images into something that a canvas can draw. */
function createPicture(): (image: RgbImage) => CanvasImageSource {
  const canvas = document.createElement('canvas')
  let drawn: RgbImage | undefined
  return (image) => {
    if (drawn === image) return canvas
    drawn = image
    const { width, height, data } = image
    canvas.width = width
    canvas.height = height
    const pixels = new ImageData(width, height)
    for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
      pixels.data[to] = data[from]
      pixels.data[to + 1] = data[from + 1]
      pixels.data[to + 2] = data[from + 2]
      pixels.data[to + 3] = 255
    }
    canvas.getContext('2d')?.putImageData(pixels, 0, 0)
    return canvas
  }
}
