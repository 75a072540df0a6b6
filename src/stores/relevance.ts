import { VIEW_IDS } from '../core/schema/observation.ts'
import type { RecordedEpisode } from '../data/episodeSource.ts'

/** What the bits of a recording's ground truth stand for (`RELEVANCE` of the simulator), lowest first. */
export const RELEVANCE_TITLES = ['Target object', 'Destination', 'Gripper', 'Other objects', 'Landmark'] as const

/** Ground-truth bits of one frame over both views, in token order; undefined where the recording carries none. */
export function relevanceAt({ relevance, frames }: RecordedEpisode, frame: number): Uint8Array | undefined {
  if (!relevance || frame < 0 || frame >= frames) return undefined
  const parts = VIEW_IDS.map((view) => {
    const patches = relevance[view].length / frames
    return relevance[view].subarray(frame * patches, (frame + 1) * patches)
  })
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
