import type { ViewId } from '../../core/schema/observation.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'

/** One camera's frames as something a canvas can draw; it converts only when the frame changes. */
export interface FrameImage {
  draw(episode: RecordedEpisode, view: ViewId, frame: number): CanvasImageSource
}

/** A reusable picture of one view. */
export function createFrameImage(): FrameImage {
  const canvas = document.createElement('canvas')
  let drawn: { pixels: Uint8Array; frame: number } | undefined
  let image: ImageData | undefined
  return {
    draw(episode, view, frame) {
      const pixels = episode.pixels[view]
      if (drawn?.pixels === pixels && drawn.frame === frame) return canvas
      const size = episode.imageSize
      if (image?.width !== size) {
        canvas.width = canvas.height = size
        image = new ImageData(size, size)
        image.data.fill(255)
      }
      const target = image.data
      let from = frame * size * size * 3
      for (let to = 0; to < target.length; to += 4, from += 3) {
        target[to] = pixels[from]
        target[to + 1] = pixels[from + 1]
        target[to + 2] = pixels[from + 2]
      }
      canvas.getContext('2d')?.putImageData(image, 0, 0)
      drawn = { pixels, frame }
      return canvas
    },
  }
}
