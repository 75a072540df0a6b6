import { RELEVANCE } from '../core/schema/observation.ts'
import { IMAGE_SIZE, PATCH_GRID, PATCH_SIZE } from './constants.ts'
import type { GeomOwner } from './model-cache.ts'
import type { Goal, Referent } from './tasks.ts'

export { RELEVANCE }

const BITS = Object.values(RELEVANCE)

/** Pixels of a thing that make a patch show it. */
export const MIN_PIXELS = 2

/** Patches in one view. */
export const PATCHES_PER_VIEW = PATCH_GRID * PATCH_GRID

/**
 * Relevance bits of each patch of a view, row-major, from the geom that each pixel shows: a bit is set where at least
 * {@link MIN_PIXELS} pixels show such a thing.
 * @param goal the active goal; it decides what is the target, the destination and the landmark.
 */
export function relevanceMask(geomIds: Int32Array, owners: readonly GeomOwner[], goal: Goal): Uint8Array {
  const bits = owners.map((owner) => relevanceOf(owner, goal))
  const counts = new Uint8Array(BITS.length)
  const mask = new Uint8Array(PATCHES_PER_VIEW)
  for (let patch = 0; patch < PATCHES_PER_VIEW; patch++) {
    counts.fill(0)
    const firstX = (patch % PATCH_GRID) * PATCH_SIZE
    const firstY = Math.floor(patch / PATCH_GRID) * PATCH_SIZE
    for (let y = firstY; y < firstY + PATCH_SIZE; y++) {
      for (let x = firstX; x < firstX + PATCH_SIZE; x++) {
        const geom = geomIds[y * IMAGE_SIZE + x]
        const bit = geom < 0 ? 0 : bits[geom]
        if (bit === 0) continue
        for (let b = 0; b < BITS.length; b++) if (bit & BITS[b]) counts[b]++
      }
    }
    for (let b = 0; b < BITS.length; b++) if (counts[b] >= MIN_PIXELS) mask[patch] |= BITS[b]
  }
  return mask
}

function relevanceOf(owner: GeomOwner, goal: Goal): number {
  if (owner.kind === 'finger') return RELEVANCE.gripper
  if (owner.kind !== 'object' && owner.kind !== 'fixture') return 0
  const named = (referent: Referent | undefined) => referent?.kind === owner.kind && referent.index === owner.index
  const bits =
    (owner.kind === 'object' && owner.index === goal.object ? RELEVANCE.target : 0) |
    (named(goal.destination) ? RELEVANCE.destination : 0) |
    (named(goal.landmark) ? RELEVANCE.landmark : 0)
  return bits === 0 && owner.kind === 'object' ? RELEVANCE.distractor : bits
}
