import { patchCosine } from '../../core/pruning/patchSimilarity.ts'
import type { RgbImage, ViewId } from '../../core/schema/observation.ts'
import { visualSegments } from '../../core/tokens/layout.ts'
import type { TokenLayout } from '../../core/tokens/layout.ts'
import type { RecordedEpisode } from '../../data/episodeSource.ts'

let last: { key: string; cosine: Float32Array } | undefined

/**
 * Cosine of every patch with the same patch `stepsBack` frames earlier, per token id.
 * @returns undefined if the episode does not go back that far
 */
export function patchChange(
  episode: RecordedEpisode,
  layout: TokenLayout,
  step: number,
  stepsBack: number | undefined,
): { cosine: Float32Array; stepsBack: number } | undefined {
  if (stepsBack === undefined || stepsBack < 1 || step - stepsBack < 0 || step >= episode.frames) return undefined
  const key = `${episode.key}/${step}/${stepsBack}`
  if (last?.key !== key) {
    const parts = visualSegments(layout).map(({ view, rows, columns }) =>
      patchCosine(imageAt(episode, view, step), imageAt(episode, view, step - stepsBack), rows, columns),
    )
    last = { key, cosine: Float32Array.from(parts.flatMap((part) => [...part])) }
  }
  return { cosine: last.cosine, stepsBack }
}

function imageAt(episode: RecordedEpisode, view: ViewId, frame: number): RgbImage {
  const size = episode.imageSize
  const bytes = size * size * 3
  return { width: size, height: size, data: episode.pixels[view].subarray(frame * bytes, (frame + 1) * bytes) }
}
