import { useCallback } from 'react'
import type { RgbImage, ViewId } from '../../core/schema/observation.ts'
import type { VisualSegment } from '../../core/tokens/layout.ts'
import styles from './liveCamera.module.css'
import type { PaintPlan } from './plan.ts'
import { useTokenPainting } from './useTokenPainting.ts'
import type { TokenPainter } from './useTokenPainting.ts'

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
  const makePainter = useCallback(
    (canvas: HTMLCanvasElement, { view, start, rows, columns }: VisualSegment): TokenPainter => {
      const picture = createPicture()
      return {
        moment() {
          const moment = source.get()
          return { image: moment && picture(moment.images[view]), plan: moment?.plan }
        },
        painted() {
          const moment = source.get()
          canvas.dataset.step = moment ? String(moment.step) : ''
          const own = moment?.plan?.states.slice(start, start + rows * columns)
          canvas.dataset.kept = own ? String(own.filter((state) => state === 'kept').length) : ''
        },
        subscribe: (listener) => source.subscribe(listener),
      }
    },
    [source],
  )
  const canvas = useTokenPainting(segment, makePainter, TOKEN_PIXELS)
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
