import { PNG_LINK_KEYWORD, withPngText } from '../../core/report/pngText.ts'
import { encodeBase64 } from '../../core/schema/base64.ts'
import type { RunRecord } from '../../core/schema/runRecord.ts'
import { VIEW_IDS } from '../../core/schema/observation.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'
import { encodePng } from '../../data/png.ts'
import { decodeQuery } from '../../core/tokens/decodedQuery.ts'
import type { StripColumn } from './figureStrip.ts'

/** Pixels of a PNG per pixel of its SVG. */
const PNG_SCALE = 2

/** The queries of a run at some frames, with what the cameras saw. */
export function stripColumns(run: RunRecord, episode: RecordedEpisode, steps: readonly number[]): StripColumn[] {
  const bytes = episode.imageSize ** 2 * 3
  return run.queries
    .filter(({ step }) => steps.includes(step) && step < episode.frames)
    .map((record) => ({
      query: decodeQuery(record, run.model),
      images: Object.fromEntries(
        VIEW_IDS.map((view) => {
          const data = episode.pixels[view].subarray(record.step * bytes, (record.step + 1) * bytes)
          const png = encodePng({ width: episode.imageSize, height: episode.imageSize, data })
          return [view, `data:image/png;base64,${encodeBase64(png)}`]
        }),
      ),
    }))
}

/**
 * An SVG as a PNG at twice its size, with the view's link in its metadata.
 * @throws with a sentence if the browser cannot draw it
 */
export async function renderPng(svg: string, fragment: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth * PNG_SCALE
    canvas.height = image.naturalHeight * PNG_SCALE
    const context = canvas.getContext('2d')
    if (!context) throw new Error('This browser gives no canvas to draw the figure on.')
    context.imageSmoothingEnabled = false
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (!blob) throw new Error('The browser could not turn the figure into a PNG. Export the SVG instead.')
    return withPngText(new Uint8Array(await blob.arrayBuffer()), PNG_LINK_KEYWORD, fragment)
  } finally {
    URL.revokeObjectURL(url)
  }
}
